// Forms that want to know the browser's time zone find it filled in.
export function fillZones(root) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const input of root.querySelectorAll("input[data-browser-zone]")) {
    input.value ||= zone;
  }
}
