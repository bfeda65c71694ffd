// Shows the contract. Nothing is sent from here: the page has no session, and a browser is no client of this platform.
window.addEventListener("DOMContentLoaded", () => {
  window.contract = window.SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#contract",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    filter: true,
    supportedSubmitMethods: [],
    validatorUrl: null,
  });
});
