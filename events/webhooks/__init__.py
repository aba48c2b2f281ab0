"""Events sent to others over HTTP, by Standard Webhooks."""
