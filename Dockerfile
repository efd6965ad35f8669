# sumbench in a slim image, as a user without rights; weights and kept summaries live in the volume /cache.
#
#   docker build -t sumbench .
#   docker run --rm -v sumbench:/cache -v "$PWD:/work" --user "$(id -u)" sumbench run --corpus articles --out results/run
FROM python:3.12-slim AS build
WORKDIR /source
COPY . .
RUN pip install --no-cache-dir hatchling==1.33.0 \
    && python -m hatchling build -t wheel -d /dist

FROM python:3.12-slim
# Where PyTorch comes from: with https://download.pytorch.org/whl/cu130, say, it uses a GPU.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
# Extras that are installed, too: "[fast,mlflow]".
ARG EXTRAS=""
ENV SUMBENCH_HOME=/cache HOME=/cache PYTHONUNBUFFERED=1
RUN --mount=type=bind,from=build,source=/dist,target=/dist \
    --mount=type=bind,source=constraints.txt,target=/constraints.txt \
    pip install --no-cache-dir --extra-index-url "$TORCH_INDEX" -c /constraints.txt "$(echo /dist/*.whl)$EXTRAS"
# Any user may keep weights there: with --user, files in /work belong to whoever runs it.
RUN useradd --home-dir /cache --uid 1000 sumbench \
    && mkdir /cache /work && chmod 1777 /cache /work
USER 1000
WORKDIR /work
VOLUME /cache
ENTRYPOINT ["sumbench"]
CMD ["--help"]
