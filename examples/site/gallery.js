// The gallery's own script: asks the search app and shows what it found. It knows nothing of Gyre.
const form = document.querySelector("#search");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const question = new URLSearchParams(new FormData(form));
  const answer = await fetch(`/api/search?${question}`);
  const hits = answer.ok ? (await answer.json()).hits : [];
  document.querySelector("#hits").replaceChildren(...hits.map(item));
});

function item(hit) {
  const link = document.createElement("a");
  link.href = hit.page;
  link.textContent = hit.title;
  const entry = document.createElement("li");
  entry.append(link);
  return entry;
}
