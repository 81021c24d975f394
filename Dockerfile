# This stage installs the app into /opt/vocatech-slack. What the installation leaves behind stays here.
FROM python:3.13-slim AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/vocatech-slack
WORKDIR /src

# The locked packages come first, because they rarely change.
COPY requirements.lock .
RUN /opt/vocatech-slack/bin/pip install --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY handlers handlers
RUN /opt/vocatech-slack/bin/pip install --no-deps .


FROM python:3.13-slim

COPY --from=build /opt/vocatech-slack /opt/vocatech-slack
RUN useradd --create-home --uid 1000 vocatech \
    && mkdir /data && chown vocatech /data

USER vocatech
WORKDIR /data
ENV PATH=/opt/vocatech-slack/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
ENV HOST=0.0.0.0 PORT=3000 DATABASE_URL=sqlite:////data/vocatech-slack.db LOG_FORMAT=json
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
ENTRYPOINT ["vocatech-slack"]
CMD ["run"]
