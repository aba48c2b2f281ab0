"""Mail from customers: fetched or handed over, kept once, and put where it belongs."""
