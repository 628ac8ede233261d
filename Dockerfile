# sparring on CPUs, without root and without a terminal.
#
#   docker build -t sparring .
#   docker run --rm -v "$PWD/pictures:/data:ro" -v "$PWD/runs:/work/runs" --user "$(id -u):$(id -g)" \
#       sparring train --data /data --time 10m --out runs/mine
#
# `docker stop` saves and stops; `sparring resume runs/mine` continues. --json prints progress for programs.
FROM python:3.12-slim

# Torch first, alone. To get the small build for CPUs where pip would take the one for GPUs:
# --build-arg TORCH="--index-url ADDRESS torch", with the address that pytorch.org shows for CPUs.
ARG TORCH=torch
COPY constraints.txt /build/
RUN pip install --no-cache-dir -c /build/constraints.txt $TORCH

COPY pyproject.toml README.md LICENSE /build/
COPY src /build/src
RUN pip install --no-cache-dir -c /build/constraints.txt "/build[data,metrics,tensorboard]" && rm -r /build

# Any user may write here, one without a name too.
RUN useradd --uid 1000 --no-create-home sparring && install -d -m 1777 /home/sparring /cache /work /work/runs
ENV HOME=/home/sparring SPARRING_CACHE=/cache MPLCONFIGDIR=/cache/matplotlib PYTHONUNBUFFERED=1
USER sparring
WORKDIR /work
VOLUME ["/work/runs", "/cache"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["sparring"]
CMD ["--help"]
