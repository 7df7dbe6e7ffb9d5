/** Says why the login is asked for again: the program redirects with the reason in the address. */
const REASONS = {
  wrong: "That is not the token. Copy it whole, without spaces around it.",
  throttled: "Too many tries. Wait a minute, then try again.",
  expired: "The login has ended. Log in again.",
};

const reason = REASONS[new URLSearchParams(location.search).get("reason")];
if (reason !== undefined) {
  document.getElementById("refusal").textContent = reason;
  document.getElementById("refusal").hidden = false;
}
