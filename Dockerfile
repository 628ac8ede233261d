# sparring on CPUs, without root and without a terminal.
#
#   docker build -t sparring .
#   docker run --rm -v "$PWD/pictures:/data:ro" -v "$PWD/runs:/work/runs" --user "$(id -u):$(id -g)" \
#       sparring train --data /data --time 10m --out runs/mine
#
# `docker stop` saves and stops; `sparring resume runs/mine` continues. --json prints progress for programs.
FROM python:3.12-slim

# torch alone from its own index of builds for CPUs, some 200 MB instead of gigabytes for GPUs
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY constraints.txt /build/
RUN pip install --no-cache-dir -c /build/constraints.txt --index-url "$TORCH_INDEX" torch

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
