"""Eval sets come and go: upload with every wrong line told, begin, copy, rename, delete, download."""

import streamlit as st

from lib.errors import EvalFileRejected, LabError, SetFileRejected
from lib.evaluation.eval_files import EvalFile, read_eval_file, write_eval_csv, write_eval_set
from lib.records import EvalSet
from lib.settings import LIMITS, Workspace
from pages.ui import eval_sets, frame, markup, state

_FORM = """
**JSONL**: one case a line.
```json
{"id": "q1", "question": "How long is parental leave?", "answer": "18 weeks",
 "evidence": [{"document": "leave.pdf", "quote": "18 weeks of paid parental leave"}], "tags": ["leave"]}
{"question": "Who owns the moon?", "answer": null}
```
(each on one line). **CSV**: the columns `question, answer, document, quote`, and if you like `id`, `tags`
(separated by semicolons), `answerable`, `reviewed`. A question without an answer is one that the documents
do not answer.
"""


def draw(workspace: Workspace, eval_set: EvalSet) -> None:
    """Everything that is done with a set as a whole."""
    st.markdown("**Take it with you**")
    with st.container(horizontal=True):
        _download("JSONL", write_eval_set(eval_set), f"{eval_set.name}.jsonl", "application/x-ndjson")
        _download("CSV", write_eval_csv(eval_set), f"{eval_set.name}.csv", "text/csv")
    st.markdown("**This set**")
    with st.container(horizontal=True):
        st.button(
            "Make a copy",
            key="evaluate.set.copy",
            icon=":material/content_copy:",
            on_click=copy,
            args=(workspace, eval_set),
        )
        if not eval_sets.is_sample(eval_set.name):
            with st.popover("Rename", icon=":material/edit:", key="evaluate.set.rename"):
                _rename(workspace, eval_set.name)
            if st.button("Delete", key="evaluate.set.delete", icon=":material/delete:", type="tertiary"):
                _confirm_deletion(workspace, eval_set)
    st.markdown("**Another set**")
    with st.popover("Begin an empty set", icon=":material/add:", key="evaluate.set.new"):
        _new(workspace)
    upload(workspace)


def upload(workspace: Workspace) -> None:
    """A file becomes a set of its own, whole or not at all; every wrong line is told."""
    file = st.file_uploader(
        f"Upload an eval set (JSONL or CSV, at most {LIMITS.eval_cases:,} cases)",
        type=["jsonl", "ndjson", "json", "csv", "tsv", "txt"],
        max_upload_size=LIMITS.eval_file_bytes // 2**20,
        key=f"evaluate.set.upload.{state.recall('evaluate.set.uploads', 0)}",
    )
    with st.expander("What the files look like", icon=":material/description:"):
        st.markdown(_FORM)
    if file is None:
        return
    try:
        found = read_eval_file(file.name, file.getvalue())
    except EvalFileRejected as error:
        refused(error)
    except LabError as error:
        frame.show_failure(error)
    else:
        _offer(workspace, found)


def refused(error: SetFileRejected) -> None:
    """What is wrong with a file, by line."""
    lines = "\n".join(f"- **Line {problem.line}**: {markup.plain(problem.what)}" for problem in error.problems)
    more = f"\n\nAnd {error.more:,} more." if error.more else ""
    st.error(f"**{markup.plain(error.summary)}**\n\n{lines}{more}", icon=":material/error:")
    st.caption(markup.plain(error.hint))


def begin(workspace: Workspace, name: str) -> None:
    """Keep an empty set under that name and choose it."""
    _kept(workspace, EvalSet(eval_sets.free_name(workspace, name), ()))


def copy(workspace: Workspace, eval_set: EvalSet) -> None:
    """Keep the same cases under another name and choose them."""
    name = eval_sets.free_name(workspace, f"{eval_set.name[:50]} copy")
    if _kept(workspace, EvalSet(name, eval_set.cases)):
        state.remember("evaluate.set.said", f"Copied. You now work with **{markup.plain(name)}**.")


def _offer(workspace: Workspace, found: EvalFile) -> None:
    """A file that can be imported: what is in it, under which name it goes."""
    count = len(found.eval_set.cases)
    name = eval_sets.free_name(workspace, found.eval_set.name[:55])
    st.success(f"{count:,} case{'' if count == 1 else 's'} read, nothing wrong.", icon=":material/check_circle:")
    if found.remarks:
        st.warning("\n".join(f"- {markup.plain(remark)}" for remark in found.remarks), icon=":material/info:")
    st.button(
        f"Keep as “{markup.plain(name)}”",
        type="primary",
        key="evaluate.set.import",
        on_click=_import,
        args=(workspace, EvalSet(name, found.eval_set.cases)),
    )


def _import(workspace: Workspace, eval_set: EvalSet) -> None:
    if _kept(workspace, eval_set):
        state.remember("evaluate.set.uploads", state.recall("evaluate.set.uploads", 0) + 1)
        state.remember("evaluate.set.said", f"Kept {len(eval_set.cases):,} cases as **{markup.plain(eval_set.name)}**.")


def _kept(workspace: Workspace, eval_set: EvalSet) -> bool:
    try:
        eval_sets.store().keep(workspace.id, eval_set)
    except LabError as error:
        state.remember("evaluate.set.failure", error)
        return False
    eval_sets.choose(eval_set.name)
    return True


def _new(workspace: Workspace) -> None:
    with st.form("evaluate.set.new.form", border=False):
        name = st.text_input("Name", key="evaluate.set.new.name", max_chars=60, placeholder=eval_sets.FIRST_NAME)
        sent = st.form_submit_button("Begin it", type="primary")
    if sent:
        begin(workspace, (name or "").strip() or eval_sets.FIRST_NAME)
        st.rerun()


def _rename(workspace: Workspace, old: str) -> None:
    with st.form("evaluate.set.rename.form", border=False):
        name = st.text_input("New name", value=old, key=f"evaluate.set.rename.name.{old}", max_chars=60)
        sent = st.form_submit_button("Rename it", type="primary")
    if sent:
        try:
            eval_sets.choose(eval_sets.store().rename(workspace.id, old, name or ""))
        except LabError as error:
            state.remember("evaluate.set.failure", error)
        st.rerun()


@st.dialog("Delete this set?")
def _confirm_deletion(workspace: Workspace, eval_set: EvalSet) -> None:
    st.markdown(f"**{markup.plain(eval_set.name)}** with {len(eval_set.cases):,} cases. This cannot be undone.")
    st.caption("Evaluations that were run with it keep their own copy of its cases.")
    if st.button(
        "Delete it",
        type="primary",
        key="evaluate.set.delete.sure",
        icon=":material/delete:",
        on_click=_delete,
        args=(workspace, eval_set.name),
    ):
        st.rerun()


def _delete(workspace: Workspace, name: str) -> None:
    try:
        eval_sets.store().remove(workspace.id, name)
    except LabError as error:
        state.remember("evaluate.set.failure", error)


def _download(kind: str, content: bytes, name: str, media: str) -> None:
    st.download_button(
        f"Download {kind}",
        content,
        file_name=name,
        mime=media,
        key=f"evaluate.set.download.{kind.lower()}",
        icon=":material/download:",
        on_click="ignore",
    )
