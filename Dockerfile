# Two stages: the first has what building needs, the second only what running needs.
FROM python:3.11.14-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.lock /build/
RUN /opt/venv/bin/pip install --require-hashes -r /build/requirements.lock
COPY . /opt/scanward
RUN /opt/venv/bin/pip install --no-deps --no-build-isolation --editable /opt/scanward \
    && /opt/venv/bin/python -m compileall -q /opt/scanward /opt/venv/lib

FROM python:3.11.14-slim-bookworm
RUN groupadd --gid 10001 scanward \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin scanward \
    && install --directory --owner=10001 --group=10001 --mode=0750 /var/lib/scanward /backups \
    && install --directory --owner=10001 --group=10001 --mode=0755 /provisioning
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/scanward /opt/scanward
# Streamlit wants a home; nothing is kept there.
ENV PATH=/opt/venv/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /opt/scanward
USER 10001:10001
ENTRYPOINT ["scanward"]
CMD ["--help"]
