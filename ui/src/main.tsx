// Starts the window.
import { createRoot } from "react-dom/client";
import { App } from "./App";
import "./theme/mantine.css";
import "./theme/tokens.css";
import "./theme/app.css";
import "./theme/pieces.css";
import "./theme/desk.css";
import "./theme/photo.css";
import "./theme/signature.css";
import "./theme/verify.css";
import "./theme/outbox.css";
import "./theme/seal_log.css";
import "./words/words";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
