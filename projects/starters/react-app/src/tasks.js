// What the list can do, as values in and values out: easy to read, easy to test.

export const first = [
  { id: 1, title: "Ouvrir src/App.jsx", done: true },
  { id: 2, title: "Demander une idée à l'assistant", done: false },
];

export function reducer(tasks, action) {
  switch (action.type) {
    case "add": {
      const id = Math.max(0, ...tasks.map((task) => task.id)) + 1;
      return [...tasks, { id, title: action.title, done: false }];
    }
    case "toggle":
      return tasks.map((task) => (task.id === action.id ? { ...task, done: !task.done } : task));
    case "remove":
      return tasks.filter((task) => task.id !== action.id);
    default:
      return tasks;
  }
}
