/* Keeps what is being typed, per person, until it is sent or the tab is closed. */

export function keepDraft(root) {
  const field = root.querySelector("[data-draft] textarea");
  const key = `phone.draft.${root.dataset.person}`;
  if (!field) return { clear() {} };
  if (!field.value) field.value = sessionStorage.getItem(key) ?? "";
  field.addEventListener("input", () => sessionStorage.setItem(key, field.value));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      field.form.requestSubmit(field.form.querySelector("button"));
    }
  });
  return {
    clear() {
      field.value = "";
      field.form.reset();
      sessionStorage.removeItem(key);
    },
  };
}
