// The student's browser without script: follows redirects, keeps cookies, posts the forms it finds.

const MOST_STEPS = 12;

/** Walks from `start` through Pedell's pages until it is sent to `redirectUri`; returns that address. */
export async function walk(start, redirectUri, student) {
  const cookies = new Map();
  const trail = [];
  let request = { url: new URL(start), method: "GET" };
  for (let step = 0; step < MOST_STEPS; step++) {
    const response = await send(request, cookies);
    trail.push(`${request.method} ${request.url.pathname} ${response.status}`);
    const location = response.headers.get("location");
    if (location) {
      const next = new URL(location, request.url);
      if (isAt(next, redirectUri)) return { callback: next, trail };
      // 303 and 302 are followed with GET; 307 and 308 would repeat the student's data to another address.
      if (![302, 303].includes(response.status)) throw new Error(`unexpected ${response.status} at ${trail.join(", ")}`);
      request = { url: next, method: "GET" };
      continue;
    }
    const page = await response.text();
    const onward = links(page).find((href) => URL.canParse(href) && isAt(new URL(href), redirectUri));
    if (onward) return { callback: new URL(onward), trail };
    request = fill(page, request.url, student, trail);
  }
  throw new Error(`no end after ${MOST_STEPS} steps: ${trail.join(", ")}`);
}

function isAt(url, redirectUri) {
  const there = new URL(redirectUri);
  return url.origin === there.origin && url.pathname === there.pathname;
}

async function send({ url, method, body }, cookies) {
  const headers = { accept: "text/html", "accept-language": "de" };
  if (cookies.size) headers.cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  if (body) headers.origin = url.origin;
  const response = await fetch(url, { method, body, headers, redirect: "manual" });
  for (const line of response.headers.getSetCookie()) {
    const [pair, ...attributes] = line.split(";").map((part) => part.trim());
    const [name, ...value] = pair.split("=");
    if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) cookies.delete(name);
    else cookies.set(name, value.join("="));
  }
  return response;
}

function fill(page, base, student, trail) {
  const answers = {
    "/verify/choose": { university: student.university },
    "/verify/roster": {
      matriculation_number: student.matriculation_number,
      given_names: student.given_names,
      family_name: student.family_name,
      birth_date: student.birth_date,
    },
  };
  for (const [tag, inside] of page.matchAll(/<form\b[^>]*>([\s\S]*?)<\/form>/gi)) {
    const form = attributes(tag.slice(0, tag.indexOf(">") + 1));
    const url = new URL(form.action ?? "", base);
    const answer = answers[url.pathname];
    if (!answer || (form.method ?? "").toLowerCase() !== "post") continue;
    // The same form once more: the page says what is wrong. This student gives up, as does one who never wanted to.
    const again = trail.some((line) => line.startsWith(`POST ${url.pathname} `) && !line.endsWith(" 303"));
    const givesUp = again || (student.gives_up && url.pathname === "/verify/roster");
    const body = new URLSearchParams();
    for (const [input] of inside.matchAll(/<input\b[^>]*>/gi)) {
      const { type, name, value } = attributes(input);
      if (type === "hidden" && name) body.append(name, value ?? "");
    }
    if (!body.get("flow")) throw new Error(`the form ${url.pathname} has no hidden input flow`);
    for (const [name, value] of Object.entries(givesUp ? { cancel: "1" } : answer)) body.append(name, value);
    return { url, method: "POST", body };
  }
  const text = page.replace(/<(script|style)[\s\S]*?<\/\1>/gi, " ").replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
  throw new Error(`no form to fill after ${trail.join(", ")}: ${decode(text).trim().slice(0, 600)}`);
}

const links = (page) => [...page.matchAll(/<a\b[^>]*>/gi)].map(([tag]) => attributes(tag).href ?? "");

function attributes(tag) {
  const found = {};
  for (const [, name, , double, single] of tag.matchAll(/([\w-]+)\s*=\s*("([^"]*)"|'([^']*)')/g)) {
    found[name.toLowerCase()] = decode(double ?? single ?? "");
  }
  return found;
}

const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decode(text) {
  return text.replace(/&(#x?[0-9a-f]+|\w+);/gi, (whole, name) => {
    if (name[0] !== "#") return NAMED[name.toLowerCase()] ?? whole;
    return String.fromCodePoint(/^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10));
  });
}
