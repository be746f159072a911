import { WeboxChat } from "./element.js";

if (!customElements.get("webox-chat")) customElements.define("webox-chat", WeboxChat);
