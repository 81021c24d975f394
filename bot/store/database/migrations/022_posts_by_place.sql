-- What a message shows, by where it is: for shortcuts on messages.
    create index posts_at on posts (channel, ts) where ts is not null;
