"""Training sets come and go: upload with every wrong line told, begin, copy, rename, remove, export."""

import streamlit as st

from lib.errors import BadInput, LabError, SetFileRejected
from lib.sets.names import LONGEST_NAME
from lib.settings import LIMITS, Workspace
from lib.training.mending import with_instruction
from lib.training.overlap import find_overlap, without
from lib.training.set_export import hosted_files
from lib.training.set_files import TrainingFile, read_training_file, write_training_csv, write_training_set
from lib.training.set_store import sample_names, sample_set
from lib.training.splitting import split
from lib.training.values import TrainingSet
from pages.ui import eval_set_files, frame, markup, state, tune_sets

_FORM = """
**JSONL**: one example a line, either of
```json
{"input": "Where is my parcel?", "output": "{\\"code\\":\\"CRATE\\"}"}
{"messages": [{"role": "system", "content": "..."}, {"role": "user", "content": "..."},
              {"role": "assistant", "content": "..."}]}
```
(each on one line). **CSV**: the columns `input, output`, and if you like `system`, `tags` (separated by semicolons)
and `part` (train, validation or held-out). Without parts the set is split by a seed.
"""


def draw(workspace: Workspace, training_set: TrainingSet) -> None:
    """Everything that is done with a set as a whole."""
    st.markdown("**Take it with you**")
    _export(training_set)
    st.markdown("**This set**")
    with st.container(horizontal=True):
        st.button(
            "Make a copy",
            key="tune.set.copy",
            icon=":material/content_copy:",
            on_click=_copy,
            args=(workspace, training_set),
        )
        with st.popover("Rename", icon=":material/edit:", key="tune.set.rename"):
            _rename(workspace, training_set.name)
        with st.popover("Instruction", icon=":material/record_voice_over:", key="tune.set.instruction"):
            _instruction(workspace, training_set)
        if st.button("Remove", key="tune.set.remove", icon=":material/delete:", type="tertiary"):
            _confirm_removal(workspace, training_set)
    st.markdown("**Another set**")
    with st.container(horizontal=True):
        for sample in sample_names():
            st.button(
                f"Load the sample set: {markup.plain(sample_set(sample).title)}",
                key=f"tune.set.sample.{sample}",
                icon=":material/dataset:",
                on_click=tune_sets.load_sample,
                args=(workspace, sample),
                help=markup.plain(sample_set(sample).summary),
            )
        st.button(
            "Begin an empty set",
            key="tune.set.begin",
            icon=":material/add:",
            on_click=begin,
            args=(workspace, tune_sets.FIRST_NAME),
        )
    upload(workspace)


def upload(workspace: Workspace) -> None:
    """A file becomes a set of its own, whole or not at all; every wrong line is told."""
    file = st.file_uploader(
        f"Upload a training set (JSONL or CSV, at most {LIMITS.training_rows:,} examples)",
        type=["jsonl", "ndjson", "json", "csv", "tsv", "txt"],
        max_upload_size=LIMITS.training_file_bytes // 2**20,
        key=f"tune.set.upload.{state.recall('tune.set.uploads', 0)}",
    )
    with st.expander("What the files look like", icon=":material/description:"):
        st.markdown(_FORM)
    if file is None:
        return
    try:
        found = read_training_file(file.name, file.getvalue())
    except SetFileRejected as error:
        eval_set_files.refused(error)
    except LabError as error:
        frame.show_failure(error)
    else:
        _offer(workspace, found)


def begin(workspace: Workspace, name: str) -> None:
    """Keep an empty set under that name and choose it."""
    free = tune_sets.free_name(workspace, name)
    tune_sets.keep(workspace, TrainingSet(free, ()), free, "An empty set: write examples in the table.")


def _offer(workspace: Workspace, found: TrainingFile) -> None:
    """A file that can be imported: what is in it, under which name it goes; what an eval set asks stays out."""
    read = found.as_set() if found.parted else split(found.examples, seed=0, name=found.name)
    name = tune_sets.free_name(workspace, found.name)
    count = len(found.examples)
    st.success(f"{count:,} example{'' if count == 1 else 's'} read, nothing wrong.", icon=":material/check_circle:")
    if found.remarks:
        st.warning("\n".join(f"- {markup.plain(remark)}" for remark in found.remarks), icon=":material/info:")
    overlap = find_overlap(read, tune_sets.judging(workspace))
    if overlap:
        read = without(read, {one.example for one in overlap})
        try:
            tune_sets.refuse_seen_questions(workspace, found.as_set())
        except BadInput as error:
            frame.show_failure(error)
    if not read.examples:
        return
    left = len(read.examples)
    st.button(
        f"Keep the other {left:,} as “{markup.plain(name)}”" if overlap else f"Keep as “{markup.plain(name)}”",
        type="primary",
        key="tune.set.import",
        on_click=_import,
        args=(workspace, read, name),
    )


def _import(workspace: Workspace, training_set: TrainingSet, name: str) -> None:
    if tune_sets.keep(workspace, training_set, name):
        state.remember("tune.set.uploads", state.recall("tune.set.uploads", 0) + 1)


def _export(training_set: TrainingSet) -> None:
    with st.container(horizontal=True):
        for part, file in zip(("train", "validation"), hosted_files(training_set), strict=False):
            _download(f"{file.rows:,} to {'train' if part == 'train' else 'validate'}", file.content, file.name, part)
        _download("Everything, JSONL", write_training_set(training_set), f"{training_set.name}.jsonl", "jsonl")
        try:
            _download("Everything, CSV", write_training_csv(training_set), f"{training_set.name}.csv", "csv")
        except BadInput as error:
            st.caption(markup.plain(error.message))
    st.caption(
        "The first two are what hosted fine-tuning services take: JSONL of messages and nothing else. Held-out "
        "examples stay out of them, to judge what comes back. The other two can be uploaded here again."
    )


def _download(label: str, content: bytes, name: str, key: str) -> None:
    st.download_button(
        label,
        content,
        file_name=name,
        mime="text/csv" if key == "csv" else "application/x-ndjson",
        key=f"tune.set.download.{key}",
        icon=":material/download:",
        on_click="ignore",
    )


def _copy(workspace: Workspace, training_set: TrainingSet) -> None:
    name = tune_sets.free_name(workspace, f"{training_set.name[: LONGEST_NAME - 10]} copy")
    tune_sets.keep(workspace, training_set, name, f"Copied. You now work with **{markup.plain(name)}**.")


def _rename(workspace: Workspace, old: str) -> None:
    with st.form("tune.set.rename.form", border=False):
        name = st.text_input("New name", value=old, key=f"tune.set.rename.name.{old}", max_chars=LONGEST_NAME)
        sent = st.form_submit_button("Rename it", type="primary")
    if sent:
        tune_sets.attempt(lambda: tune_sets.choose(tune_sets.store().rename(workspace.id, old, name or "")))
        st.rerun()


def _instruction(workspace: Workspace, training_set: TrainingSet) -> None:
    """One system message for all examples: short ones are learnt as well as long ones, and cost less each time."""
    with st.form("tune.set.instruction.form", border=False):
        said = st.text_area(
            "What every example begins with (empty: nothing)",
            value=training_set.instruction,
            key=f"tune.set.instruction.text.{training_set.name}",
            max_chars=LIMITS.question_characters,
        )
        sent = st.form_submit_button("Give it to all examples", type="primary")
    if sent:
        tune_sets.change(
            workspace, training_set.name, lambda now: with_instruction(now, said or ""), "All examples have it now."
        )
        st.rerun()


@st.dialog("Remove this set?")
def _confirm_removal(workspace: Workspace, training_set: TrainingSet) -> None:
    st.markdown(
        f"**{markup.plain(training_set.name)}** with {len(training_set.examples):,} examples. This cannot be undone."
    )
    st.caption("Adapters that were trained on it stay.")
    if st.button(
        "Remove it",
        type="primary",
        key="tune.set.remove.sure",
        icon=":material/delete:",
        on_click=_remove,
        args=(workspace, training_set.name),
    ):
        st.rerun()


def _remove(workspace: Workspace, name: str) -> None:
    tune_sets.attempt(lambda: tune_sets.store().remove(workspace.id, name))
