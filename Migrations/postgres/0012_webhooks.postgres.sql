-- How far each webhook has been delivered, and which node delivers it. The row of a webhook that the configuration does
-- not name any more stays: when the webhook comes back, it goes on where it was.

CREATE TABLE webhook_cursors (
    name             text   COLLATE "C" NOT NULL PRIMARY KEY,
    event_id         bigint NOT NULL,           -- every event up to this one was delivered or skipped
    failing_since    bigint,                    -- the first try of the next event; null: it has not failed
    holder           text,                      -- the node that delivers; null: none
    held_until       bigint NOT NULL            -- no other node delivers before; without a holder, the next try
);
