/* Posts the page's forms without leaving it; a refusal is shown where the server would have shown it. */

export function sendInPlace(root, { refresh, draft }) {
  const problem = root.querySelector("#problem");

  root.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-on-change]");
    if (form) form.requestSubmit();
    if (event.target.type === "file" && event.target.files.length) event.target.form.requestSubmit();
  });

  root.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-live]");
    if (!form) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    if (!data.has("kind") && form.matches("[data-draft]")) data.set("kind", "text");
    const answer = await fetch(form.action, { method: "POST", body: data }).catch(() => null);
    const refused = answer && !answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("problem") : null;
    problem.hidden = Boolean(answer?.ok);
    problem.textContent = refused?.textContent || (answer?.ok ? "" : problem.dataset.trouble);
    if (answer?.ok && form.matches("[data-draft]")) draft.clear();
    refresh();
  });
}
