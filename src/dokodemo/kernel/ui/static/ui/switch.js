// With several forms on a page, the language switch sends along what was typed in the others too.
document.addEventListener("submit", (event) => {
  if (event.submitter?.name !== "_switch") return;
  for (const other of document.querySelectorAll("form[data-typed][id]")) {
    if (other === event.target) continue;
    for (const [name, value] of new FormData(other)) {
      if (typeof value !== "string" || name === "csrfmiddlewaretoken") continue;
      const kept = document.createElement("input");
      kept.type = "hidden";
      kept.name = `${other.id}:${name}`;
      kept.value = value;
      event.target.append(kept);
    }
  }
});
