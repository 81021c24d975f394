FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
WORKDIR /app

# The locked packages come first, because they rarely change.
COPY requirements.lock .
RUN pip install --disable-pip-version-check --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY handlers handlers
RUN pip install --disable-pip-version-check --no-deps . \
    && useradd --create-home --uid 1000 vocatech \
    && mkdir /data && chown vocatech /data

USER vocatech
ENV HOST=0.0.0.0 PORT=3000 DATABASE_URL=sqlite:////data/vocatech-slack.db LOG_FORMAT=json
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
ENTRYPOINT ["vocatech-slack"]
CMD ["run"]
