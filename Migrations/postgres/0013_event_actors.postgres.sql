-- By whom: how the administrator came who caused the event; null for what no administrator did.

ALTER TABLE events ADD COLUMN actor text;
