import { useReducer } from "react";
import NewTask from "./NewTask.jsx";
import Task from "./Task.jsx";
import { first, reducer } from "./tasks.js";

export default function App() {
  const [tasks, dispatch] = useReducer(reducer, first);
  const left = tasks.filter((task) => !task.done).length;

  return (
    <main className="app">
      <h1>Ma liste</h1>
      <NewTask onAdd={(title) => dispatch({ type: "add", title })} />
      <ul className="tasks">
        {tasks.map((task) => (
          <Task
            key={task.id}
            task={task}
            onToggle={() => dispatch({ type: "toggle", id: task.id })}
            onRemove={() => dispatch({ type: "remove", id: task.id })}
          />
        ))}
      </ul>
      <p role="status">{left === 0 ? "Tout est fait." : `${left} à faire`}</p>
    </main>
  );
}
