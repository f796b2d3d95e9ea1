package domain

// EventWebhookTest is sent to one webhook when somebody asks for it. Nobody else hears of it.
const EventWebhookTest = "webhook:test"
