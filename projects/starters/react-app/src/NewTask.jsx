import { useState } from "react";

export default function NewTask({ onAdd }) {
  const [title, setTitle] = useState("");

  function submit(event) {
    event.preventDefault();
    if (!title.trim()) return;
    onAdd(title.trim());
    setTitle("");
  }

  return (
    <form className="new-task" onSubmit={submit}>
      <label htmlFor="title">Nouvelle tâche</label>
      <input id="title" value={title} onChange={(event) => setTitle(event.target.value)} />
      <button>Ajouter</button>
    </form>
  );
}
