# Two targets from one image:   docker build --target web .     docker build --target worker .
# Both are configured by the environment only; see `speechapp serve --help` for every setting.
FROM python:3.13-slim AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /speechapp
COPY requirements/distributed.lock requirements/
RUN pip install --require-hashes -r requirements/distributed.lock
COPY pyproject.toml README.md LICENSE app.py ./
COPY speechapp speechapp
COPY worker worker
COPY migrations migrations
COPY templates templates
COPY static static
RUN pip install --no-deps --no-build-isolation -e . \
 && useradd --create-home --uid 10001 speechapp \
 && install -d -o speechapp /data
USER speechapp
ENV SPEECHAPP_DATA_DIR=/data SPEECHAPP_HOST=0.0.0.0
VOLUME /data

FROM base AS worker
CMD ["speechapp", "worker"]

# The last target is the default. Migrating is safe to repeat; run it once before the first start with several replicas.
FROM base AS web
EXPOSE 8000
CMD ["sh", "-c", "speechapp migrate && exec speechapp web"]
