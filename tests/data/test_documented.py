"""The tables of docs/data.md against tests: each row has one, by the beginning of the row."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "data.md").read_text(encoding="utf-8")

ROWS = {
    "What you can give": {
        "a folder of pictures, sub-folders": "data/test_opening.py::test_class_folders_tables_and_none",
        "one sub-folder for each class": "data/test_opening.py::test_class_folders_tables_and_none",
        "labels or captions in a table": "data/test_labelling.py::test_a_table_beside_or_around_the_pictures",
        "any of these in a zip": "data/test_members.py::test_a_zip_is_its_folder",
        "an array, `.npy` or `.npz`": "data/test_opening.py::test_one_set_in_every_container",
        "MNIST's format": "data/test_opening.py::test_idx",
        "CIFAR-10": "data/test_opening.py::test_cifar10",
        "SVHN": "data/test_opening.py::test_svhn",
        "strings": "data/test_named.py::test_molecules_and_fresh_ones_of_the_same_characters",
        "nothing yet": "data/test_named.py::test_report_get_and_list_as_json",
    },
    "Tables of labels, zips and folders of other tools": {
        "CSV or TSV with commas": "data/test_tables.py::test_however_it_is_written",
        "UTF-8, UTF-16 or UTF-32": "data/test_tables.py::test_however_it_is_written",
        "an old code page": "data/test_tables.py::test_refused",
        "empty rows, empty columns": "data/test_tables.py::test_however_it_is_written",
        "a label that is empty": "data/test_tables.py::test_missing_values_of_pandas_are_missing",
        "labels that are numbers": "data/test_tables.py::test_numbers_are_in_their_order",
        "labels with fractions": "data/test_labelling.py::test_labels_that_are_hardly_classes_are_pointed_out",
        "composed and decomposed": "data/test_tables.py::test_labels_with_accents_of_either_kind_are_one_class",
        "names of pictures from another": "data/test_matching.py::test_other_names_and_a_note",
        "a table in the folder": "data/test_labelling.py::test_a_table_beside_or_around_the_pictures",
        "Hugging Face's": "data/test_tables.py::test_the_metadata_of_hugging_face",
        "StyleGAN's `dataset.json`": "data/test_tables.py::test_the_labels_of_stylegan",
        "StyleGAN's or FFHQ's": "data/test_labelling.py::test_shards_are_no_classes",
        "folders for training": "data/test_others.py::test_parts_are_refused_whatever_the_labels",
        "`test` or `val` beside": "data/test_others.py::test_parts_are_refused_whatever_the_labels",
        "`images` and `masks`": "data/test_others.py::test_parts_are_refused_whatever_the_labels",
        "`trainA` and `trainB`": "data/test_others.py::test_the_domains_of_cyclegan_are_noted",
        "side-by-side pairs": "data/test_others.py::test_pictures_side_by_side_are_noted",
        "boxes of YOLO": "data/test_others.py::test_what_is_not_read_is_noted",
        "Arrow, parquet": "data/test_others.py::test_pictures_in_containers_of_others",
        "a zip with back slashes": "data/test_members.py::test_back_slashes_are_slashes",
        "a zip with names in UTF-8": "data/test_members.py::test_names_in_utf8_without_a_mark_as_macos_packs_them",
        "a zip with names in Info-ZIP's": "data/test_members.py::test_names_in_the_field_of_info_zip",
        "a zip with names in an old": "data/test_members.py::test_names_in_an_old_code_page_are_noted",
        "a member of a zip": "data/test_members.py::test_one_odd_member_is_skipped",
        "a member whose name": "data/test_members.py::test_one_odd_member_is_skipped",
        "a zip with more such": "data/test_members.py::test_a_zip_of_odd_members_alone",
        "an archive in a zip": "data/test_members.py::test_what_is_no_picture_is_ignored",
    },
    "Size, colour and labels": {
        "`--augment diff`, `ada`": "recipes/images/test_augment.py::test_the_discriminator_is_behind_the_augmentation",
        "`--size H W`": "data/test_opening.py::test_sizes",
        "`--fit crop`": "data/test_opening.py::test_crop_and_pad",
        "`--colour auto`": "data/test_opening.py::test_sixteen_bits_cmyk_palettes_turned_and_animated",
        "`--alpha COLOUR`": "data/test_opening.py::test_alpha",
        "`--range LOW HIGH`": "data/test_pixels.py::test_nearly_black_pictures_are_noted_and_a_range_mends_them",
        "`--labels auto`": "data/test_opening.py::test_class_folders_tables_and_none",
        "`--flips`": "data/test_bad_input.py::test_flips_and_size_are_kept_for_resuming",
    },
    "Pictures: what is read, and how": {
        "8 bits a channel": "data/test_opening.py::test_lossless_formats_are_exact",
        "grey of 16 bits": "data/test_opening.py::test_sixteen_bits_cmyk_palettes_turned_and_animated",
        "colour of 16 bits": "data/test_formats.py::test_colour_of_16_bits_keeps_the_upper_8",
        "values that span less": "data/test_pixels.py::test_nearly_black_pictures_are_noted_and_a_range_mends_them",
        "12 bits in 16": "data/test_pixels.py::test_nearly_black_pictures_are_noted_and_a_range_mends_them",
        "grey floats, 32 bits": "data/test_pixels.py::test_floats_and_32_bits_in_files_are_told",
        "grey of 16 bits with": "data/test_pixels.py::test_transparent_16_bits_are_put_on_the_colour",
        "an animation": "data/test_opening.py::test_sixteen_bits_cmyk_palettes_turned_and_animated",
        "a TIFF of several pages": "data/test_formats.py::test_of_several_pages_the_largest_is_read",
        "a file named as another": "data/test_bad_input.py::test_an_awful_folder_trains_on_what_is_good",
        "a JPEG or PNG that lacks only": "data/test_mended.py::test_a_jpeg_without_its_end_is_whole",
        "a PNG with damaged metadata": "data/test_mended.py::test_more_than_a_megabyte_of_metadata",
        "EXIF that cannot be read": "data/test_pixels.py::test_exif_that_cannot_be_read_is_none",
        "more than 33 million": "data/test_pixels.py::test_very_large_pictures_made_smaller_first_look_the_same",
        "HEIC": "data/test_formats.py::test_what_is_not_read_is_named_with_what_converts_it",
        "JPEG XL": "data/test_formats.py::test_what_is_not_read_is_named_with_what_converts_it",
        "JPEG 2000": "data/test_formats.py::test_what_is_not_read_is_named_with_what_converts_it",
        "a JPEG or PNG that lacks pixels": "data/test_mended.py::test_a_jpeg_that_lacks_pixels_is_not",
        "a picture that takes": "data/test_formats.py::test_what_takes_too_much_memory_is_refused_before_it_is_decoded",
        "a picture in over": "data/test_formats.py::test_millions_of_small_parts_take_little_time",
        "a large PPM": "data/test_formats.py::test_what_takes_minutes_to_decode_is_refused",
        "an array of the shape": "data/test_formats.py::test_one_colour_picture_is_not_taken_for_many_grey_ones",
        "a range for points": "data/test_pixels.py::test_what_has_no_range_says_so",
        "a drawing of over": "data/test_drawings.py::test_what_would_end_the_process_is_refused",
    },
    "Data that a program has": {
        "a tensor or NumPy array": "data/test_objects.py::test_every_container_holds_the_same_pictures",
        "the same of floats": "data/test_objects.py::test_floats_of_both_ranges_are_the_same",
        "`[N, D]` floats": "data/test_objects.py::test_points_and_grey_pictures_and_partners",
        "a pair": "data/test_objects.py::test_labels_are_kept_and_left_out_on_demand",
        "a list of files": "data/test_objects.py::test_a_list_of_files",
        "a list of PIL pictures": "data/test_objects.py::test_every_container_holds_the_same_pictures",
        "a `DataLoader`": "data/test_objects.py::test_a_loader_lends_its_data_set",
        "a Hugging Face dataset": "data/test_objects.py::test_captions_of_a_table",
    },
    "Machines": {
        "a cache of a group": "data/test_cache.py::test_what_another_user_put_there_is_not_used",
        "an entry of the cache": "data/test_opening.py::test_a_damaged_cache_is_made_anew",
        "no home folder": "data/test_cache.py::test_no_place_for_it_is_one_line",
        "a cache that cannot be written": "data/test_cache.py::test_what_is_there_is_read_where_nothing_can_be_written",
        "a full or failing disk": "cli/test_full_disk.py::test_a_disk_that_fills_up_in_training",
        "a preview that cannot": "runs/test_session.py::test_a_preview_that_cannot_be_written_costs_a_warning",
        "a result that cannot": "cli/test_full_disk.py::test_a_result_is_printed_that_cannot_be_saved",
        "a container with a quota": "machine/test_quota.py::test_cores",
        "a container with a limit": "machine/test_quota.py::test_memory",
        "`OMP_NUM_THREADS`": "machine/test_devices.py::test_threads",
        "more than 64 threads": "machine/test_devices.py::test_threads_that_no_machine_has_use_for",
        "files in a run": "runs/test_belongings.py::test_what_others_put_there_stays_and_is_named",
        "a link to a run": "runs/test_belongings.py::test_a_link_is_refused_however_it_is_spelt",
        "a drawing that shows": "data/test_drawings.py::test_no_other_file_is_opened",
        "a download of more": "data/test_fetching.py::test_a_server_that_never_begins",
    },
}
"""For each section the beginnings of its rows, and the test that would fail if a row were wrong."""


def rows():
    """The section and the first cell of each row of the page, but for heads and exit codes."""
    for section in PAGE.split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            yield from ((title, line.split("|")[1].strip()) for line in table.splitlines()[2:] if title in ROWS)


@pytest.mark.parametrize("title", ROWS)
def test_every_row_has_a_test_and_every_test_a_row(title):
    found = [cell for section, cell in rows() if section == title]
    for cell in found:
        fitting = [begin for begin in ROWS[title] if cell.startswith(begin)]
        longest = max(fitting, key=len, default=None)
        assert longest, f"the row {cell!r} of {title!r} has no test: name one in ROWS"
    for begin in ROWS[title]:
        assert any(cell.startswith(begin) for cell in found), f"there is no row {begin!r} in {title!r}"


def test_all_tables_are_looked_at():
    titles = {section.partition("\n")[0] for section in PAGE.split("\n## ")[1:] if "\n|" in section}
    assert titles - ROWS.keys() == {"When something is wrong"}, "exit codes have tests of their own"


@pytest.mark.parametrize("test", sorted({test for tests in ROWS.values() for test in tests.values()}))
def test_it_exists(test):
    file, _, name = test.partition("::")
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
