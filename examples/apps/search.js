// Searches the gallery's captions: GET /api/search?q=river, or POST {"q": "river"} to the same path.
// The build puts the captions of the painted gallery in place of this import, so that the app is one file.
import { captions } from "./captions.js";

const LONGEST_QUESTION = 200;
const MOST_HITS = 12;

export default {
  async fetch(request) {
    const question = await questionOf(request);
    if (question === undefined) {
      return json({ error: "ask with GET ?q=… or POST {\"q\": …}" }, 400);
    }
    const words = question.toLowerCase().split(/\W+/).filter(Boolean);
    return json({ question, hits: search(words) }, 200);
  },
};

async function questionOf(request) {
  const asked =
    request.method === "POST"
      ? (await request.json().catch(() => ({}))).q
      : new URL(request.url).searchParams.get("q");
  return typeof asked === "string" && asked.length <= LONGEST_QUESTION ? asked : undefined;
}

function search(words) {
  return captions
    .map((caption) => ({ caption, score: score(caption, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.caption.picture.localeCompare(b.caption.picture))
    .slice(0, MOST_HITS)
    .map(({ caption }) => caption);
}

// A word in the title weighs more than one in the text.
function score({ title, text }, words) {
  const inTitle = title.toLowerCase();
  const inText = text.toLowerCase();
  return words.reduce((sum, word) => sum + (inTitle.includes(word) ? 3 : 0) + (inText.includes(word) ? 1 : 0), 0);
}

function json(value, status) {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}
