"""The picture files below a folder, found again by the names that annotations give them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from automl.data.class_folders import shown_files
from automl.data.image_files import PICTURE_FILES


class PictureIndex:
    """Picture files by the ends of their paths.

    Args:
        root: folder that is looked through; hidden files are left out.
        masks: files of pictures that are masks of others.
    """

    def __init__(self, root: Path, masks: Iterable[Path] = ()) -> None:
        self.root, of_masks = root, {*masks}
        self.files = [item for item in shown_files(root, PICTURE_FILES) if item not in of_masks]
        self._by_name: dict[str, list[Path]] = {}
        self._by_stem: dict[str, list[Path]] = {}
        for item in self.files:
            self._by_name.setdefault(item.name, []).append(item)
            self._by_stem.setdefault(item.stem, []).append(item)

    def name(self, path: Path) -> str:
        """The path relative to the root."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def named(self, written: str, near: Path) -> Path | None:
        """Return the file that an annotation names.

        Args:
            written: as the annotation has it: a name, or a path of which at least the name is right.
            near: folder of the annotation; of several files the one is taken that shares most of its path.
        """
        plain = PurePosixPath(written.replace("\\", "/"))
        for folder in (near, self.root):
            if plain.name and (folder / plain).is_file():
                return folder / plain
        ending = [item for item in self._by_name.get(plain.name, ()) if _ends(item, plain)]
        return _nearest(ending or self._by_name.get(plain.name, []), near)

    def beside(self, annotation: Path) -> Path | None:
        """Return the picture whose name is that of an annotation but for the ending."""
        return _nearest(self._by_stem.get(annotation.stem, []), annotation.parent)


def _ends(path: Path, plain: PurePosixPath) -> bool:
    own = [part for part in plain.parts if part not in ("/", ".", "..")]
    return list(path.parts[-len(own) :]) == own


def _nearest(found: list[Path], near: Path) -> Path | None:
    def shared(path: Path) -> int:
        pairs = zip(path.parts, near.parts, strict=False)
        return sum(1 for one, other in pairs if one == other)

    return max(found, key=shared, default=None)
