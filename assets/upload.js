// A list on its way: how much of it has been taken in. The gateway reads a file as it comes, so what has gone out has been
// read. Without this the form is sent as forms are, and the browser shows what it shows.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const way = form.querySelector(".way");
  if (!way) return;
  event.preventDefault();
  const bar = way.querySelector("progress");
  const text = way.querySelector("output");
  const button = form.querySelector("button");
  const request = new XMLHttpRequest();
  const say = (words) => { text.textContent = words; };
  const gone = ({ loaded, total }) => {
    bar.max = total;
    bar.value = loaded;
    if (loaded === total) {
      bar.removeAttribute("value"); // all there; how long the rest takes is not known
      say(way.dataset.reading);
    }
  };
  const failed = () => {
    bar.hidden = true;
    button.disabled = false;
    say(way.dataset.failed);
  };
  const arrived = () => {
    if (new URL(request.responseURL).pathname !== new URL(form.action).pathname) {
      location.assign(request.responseURL); // to the login: the eight hours are over
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.title = page.title;
    document.body.replaceWith(page.body);
    const news = document.querySelector("[role=alert], [role=status]") ?? document.querySelector("h1");
    news.tabIndex = -1;
    news.focus();
    scrollTo(0, 0);
  };
  request.upload.addEventListener("progress", gone);
  request.addEventListener("load", arrived);
  request.addEventListener("error", failed);
  request.open("POST", form.action);
  request.send(new FormData(form));
  button.disabled = true;
  bar.value = 0;
  way.hidden = bar.hidden = false;
  say(way.dataset.sending);
});
