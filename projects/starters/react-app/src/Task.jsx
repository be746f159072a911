export default function Task({ task, onToggle, onRemove }) {
  return (
    <li className={task.done ? "task done" : "task"}>
      <label>
        <input type="checkbox" checked={task.done} onChange={onToggle} />
        <span>{task.title}</span>
      </label>
      <button aria-label={`Supprimer ${task.title}`} onClick={onRemove}>
        ×
      </button>
    </li>
  );
}
