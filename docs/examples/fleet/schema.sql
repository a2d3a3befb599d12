CREATE TABLE told (
    received_at timestamptz NOT NULL DEFAULT now(),
    room        text        NOT NULL,
    what        text        NOT NULL,
    payload     jsonb       NOT NULL
);
CREATE INDEX told_by_room ON told (room, what, received_at DESC);
