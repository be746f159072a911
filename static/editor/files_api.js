// The one module of the editor that calls `fetch`.
export async function fetchText(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  // An ended session answers with the login page: a redirect, not the file.
  if (!response.ok || response.redirected) throw new Error(`${response.status}`);
  return response.json();
}
