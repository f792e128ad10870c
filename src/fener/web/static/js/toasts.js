// Toasts go by themselves, but not while somebody reads them.
const STAY = 6000;

export function tendToasts() {
  for (const toast of document.querySelectorAll(".toast")) {
    let timer = setTimeout(() => toast.remove(), STAY);
    toast.addEventListener("mouseenter", () => clearTimeout(timer));
    toast.addEventListener("mouseleave", () => {
      timer = setTimeout(() => toast.remove(), STAY);
    });
  }
}
