/** Posts forms without leaving the page, and reads the fragments that come back. */

/** What the server answered: its status and the fragment, parsed and inert. */
export class Answer {
  constructor(response, text) {
    this.status = response.status;
    this.ok = response.ok;
    this.headers = response.headers;
    this.fragment = new DOMParser().parseFromString(text, "text/html");
  }

  /** The element of the fragment that fits, ready to be put into the page. */
  find(selector) {
    const found = this.fragment.querySelector(selector);
    return found && document.importNode(found, true);
  }
}

/** Posts a form's data; raises TypeError when the server cannot be reached. */
export async function post(url, data) {
  const response = await fetch(url, {
    method: "POST",
    body: data,
    headers: { "HX-Request": "true", "HX-Current-URL": location.href, Accept: "text/html" },
    credentials: "same-origin",
  });
  return answered(response);
}

/** Asks for a fragment. */
export async function get(url) {
  return answered(await fetch(url, { headers: { "HX-Request": "true", Accept: "text/html" }, credentials: "same-origin" }));
}

async function answered(response) {
  const elsewhere = response.headers.get("HX-Redirect");
  if (elsewhere) {
    location.assign(elsewhere);
    return new Promise(() => {});
  }
  const answer = new Answer(response, await response.text());
  const events = response.headers.get("HX-Trigger");
  if (events?.startsWith("{")) {
    for (const [name, detail] of Object.entries(JSON.parse(events))) document.dispatchEvent(new CustomEvent(name, { detail }));
  }
  return answer;
}

/** Puts an element in the place of the one with the same id, and lets htmx know it. */
export function replace(element) {
  const old = element?.id && document.getElementById(element.id);
  if (!old) return null;
  old.replaceWith(element);
  window.htmx?.process(element);
  return element;
}

/** The page's token against forged forms. */
export function csrf() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}
