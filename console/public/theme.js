// Before the first paint: the theme that somebody chose on this browser. Without a choice the system decides.
try {
  const theme = localStorage.getItem("trunkline.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing shows what the system prefers.
}
