// Requests to the desk. Each answers with an object; what failed has `accepted: false` and a reason.

import { known } from "./known.js";

const UNREACHED = { accepted: false, reason: "The console does not answer. Try again." };

async function call(method, path, body) {
  const headers = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (method !== "GET" && known.user?.csrf) headers["x-csrf-token"] = known.user.csrf;
  try {
    const response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const answer = await response.json();
    return { accepted: response.ok, reason: "", ...answer };
  } catch {
    return UNREACHED;
  }
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);
export const put = (path, body) => call("PUT", path, body);
export const remove = (path) => call("DELETE", path, {});
