# One image for web, worker and migrations: what runs is the command, as in the Procfile (compose.yaml has all of them).
# Debian 12 has glibc 2.36; the wheels of the lock file ask for 2.28.

FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.lock ./
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: -r requirements.lock \
 && /opt/venv/bin/pip uninstall --yes pip
WORKDIR /srv/coachhouse
COPY app app
COPY migrations migrations
COPY gunicorn.conf.py wsgi.py worker.py LICENSE ./
RUN python -m compileall -q .

FROM python:3.12-slim-bookworm
RUN python -m pip uninstall --yes --root-user-action ignore pip \
 && useradd --system --uid 10001 --user-group --create-home --shell /usr/sbin/nologin coachhouse
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/coachhouse /srv/coachhouse
WORKDIR /srv/coachhouse
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    APP_ENV=production BIND_ADDRESS=0.0.0.0 PORT=8000 DATA_DIR=/home/coachhouse/data
USER coachhouse
EXPOSE 8000
STOPSIGNAL SIGTERM
# A worker answers on WORKER_PORT, where it is set. Not by urllib: it would ask a proxy of the environment.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import http.client, os, sys; port = int(os.environ.get('WORKER_PORT') or os.environ['PORT']); asked = http.client.HTTPConnection('127.0.0.1', port, timeout=4); asked.request('GET', '/health/ready'); sys.exit(asked.getresponse().status != 200)"]
CMD ["gunicorn", "wsgi:app"]
