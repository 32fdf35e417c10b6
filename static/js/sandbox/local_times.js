/* Shows times in the viewer's zone; the server wrote them in UTC. */

const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export function showLocalTimes(part) {
  for (const time of part.querySelectorAll("time[data-clock]")) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.getTime())) time.textContent = clock.format(moment);
  }
}
