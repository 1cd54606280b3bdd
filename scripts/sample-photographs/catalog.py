"""Which photographs are shipped, by whom, and the licence under which their distributor allows it.

A photograph whose licence its package does not state is not here. Crop boxes are left, top, right, bottom, 0..1."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Crop:
    name: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Photograph:
    id: str
    title: str
    author: str
    licence: str
    source: str
    package: str
    path: str
    distribution: str
    crops: tuple[Crop, ...]


def _scikit_image(id: str, file: str, title: str, author: str, licence: str, source: str, *crops: Crop) -> Photograph:
    return Photograph(id, title, author, licence, source, "skimage", f"data/{file}", "scikit-image", crops)


def _scikit_learn(id: str, title: str, author: str, source: str, *crops: Crop) -> Photograph:
    path = f"datasets/images/{id}.jpg"
    return Photograph(id, title, author, "CC-BY-2.0", source, "sklearn", path, "scikit-learn", crops)


PHOTOGRAPHS = (
    _scikit_image(
        "astronaut",
        "astronaut.png",
        "Eileen Collins, astronaut",
        "NASA",
        "public-domain",
        "NASA Great Images, Flickr r9qvLn",
        Crop("portrait", (0.2, 0.0, 0.75, 0.55)),
        Crop("helmet", (0.5, 0.25, 1.0, 0.95)),
    ),
    _scikit_image("bricks", "brick.png", "Brick wall", "CC0Textures", "CC0-1.0", "CC0Textures, Bricks25"),
    _scikit_image(
        "cat",
        "chelsea.png",
        "Chelsea the cat",
        "Stefan van der Walt",
        "CC0-1.0",
        "scikit-image",
        Crop("face", (0.22, 0.08, 0.78, 0.92)),
    ),
    _scikit_learn(
        "china",
        "A pavilion on a hill in China",
        "danielbuechele",
        "Flickr, danielbuechele/6061409035",
        Crop("left", (0.0, 0.1, 0.5, 1.0)),
        Crop("right", (0.45, 0.1, 1.0, 1.0)),
        Crop("roof", (0.15, 0.0, 0.85, 0.6)),
    ),
    _scikit_image(
        "clock",
        "clock_motion.png",
        "Wall clock, blurred by motion",
        "Stefan van der Walt",
        "public-domain",
        "scikit-image",
    ),
    _scikit_image(
        "coffee",
        "coffee.png",
        "Coffee at the Pikolo Espresso Bar",
        "Rachel Michetti",
        "CC0-1.0",
        "scikit-image",
        Crop("cup", (0.15, 0.05, 0.75, 0.85)),
        Crop("table", (0.4, 0.3, 1.0, 1.0)),
    ),
    _scikit_learn(
        "flower",
        "A dahlia",
        "vultilion (danielbuechele in the note of its distributor)",
        "Flickr, vultilion/6056698931",
        Crop("centre", (0.2, 0.1, 0.8, 0.9)),
        Crop("petals", (0.0, 0.3, 0.6, 1.0)),
    ),
    _scikit_image("grass", "grass.png", "Grass", "linolafett", "CC0-1.0", "DeviantArt, linolafett, Grass 01"),
    _scikit_image("gravel", "gravel.png", "Gravel", "CC0Textures", "CC0-1.0", "CC0Textures, Gravel04"),
    _scikit_image(
        "hubble",
        "hubble_deep_field.jpg",
        "Hubble eXtreme Deep Field",
        "NASA",
        "public-domain",
        "HubbleSite, news release 2012-37",
        Crop("left", (0.0, 0.0, 0.5, 0.6)),
        Crop("right", (0.5, 0.4, 1.0, 1.0)),
    ),
    _scikit_image(
        "photographer",
        "camera.png",
        "A photographer and his camera",
        "Lav Varshney",
        "CC0-1.0",
        "scikit-image",
        Crop("half", (0.15, 0.1, 0.85, 0.8)),
    ),
    _scikit_image(
        "retina",
        "retina.jpg",
        "Fundus of a normal left eye",
        "Mikael Häggström",
        "CC0-1.0",
        "Wikimedia Commons, Fundus photograph of normal left eye",
        Crop("disc", (0.05, 0.2, 0.6, 0.75)),
    ),
    _scikit_image(
        "rocket",
        "rocket.jpg",
        "Falcon 9 with DSCOVR on the launch pad",
        "SpaceX",
        "public-domain",
        "SpaceX Photos, Flickr spacexphotos/16511594820",
        Crop("pad", (0.25, 0.2, 0.8, 1.0)),
    ),
)
