//! The Arrow C data interface (its PyCapsule form): tables handed to pyarrow, polars, pandas and others
//! without a copy and without knowing them.
//!
//! Format: "The Arrow C data interface" and "The Arrow PyCapsule Interface" of the Arrow project. What a
//! consumer is given points into memory that an `Arc` holds; the release callback lets go of that share.

use std::ffi::{CStr, c_char, c_void};
use std::sync::Arc;

use cpython::_detail::ffi;
use cpython::{PyErr, PyObject, PyResult, PyTuple, Python};

use crate::columns::Shown;

/// Items of any length, one after another.
pub struct BytesColumn {
    offsets: Vec<i32>,
    text: Vec<u8>,
}

impl BytesColumn {
    pub(crate) fn with_capacity(items: usize, bytes: usize) -> Self {
        let mut offsets = Vec::with_capacity(items + 1);
        offsets.push(0);
        Self { offsets, text: Vec::with_capacity(bytes) }
    }

    /// Appends an item; what no longer fits into 2 GiB is cut, which no list of paths reaches.
    pub(crate) fn push(&mut self, item: &[u8]) {
        let room = (i32::MAX as usize).saturating_sub(self.text.len());
        self.text.extend_from_slice(&item[..item.len().min(room)]);
        self.offsets.push(i32::try_from(self.text.len()).unwrap_or(i32::MAX));
    }

    pub(crate) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    pub(crate) fn get(&self, at: usize) -> Option<&[u8]> {
        let (start, end) = (self.offsets.get(at)?, self.offsets.get(at + 1)?);
        self.text.get(usize::try_from(*start).ok()?..usize::try_from(*end).ok()?)
    }

    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(crate) fn offsets(&self) -> &[i32] {
        &self.offsets
    }
}

impl<'a> FromIterator<&'a [u8]> for BytesColumn {
    fn from_iter<I: IntoIterator<Item = &'a [u8]>>(items: I) -> Self {
        let items = items.into_iter();
        let mut column = Self::with_capacity(items.size_hint().0, 0);
        items.for_each(|item| column.push(item));
        column
    }
}

/// A column of numbers.
#[derive(Clone)]
pub enum Numbers {
    Int32(Arc<Vec<i32>>),
    Int64(Arc<Vec<i64>>),
    UInt32(Arc<Vec<u32>>),
    UInt8(Arc<Vec<u8>>),
}

impl Numbers {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Int32(numbers) => as_bytes(numbers),
            Self::Int64(numbers) => as_bytes(numbers),
            Self::UInt32(numbers) => as_bytes(numbers),
            Self::UInt8(numbers) => numbers,
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Int32(numbers) => numbers.len(),
            Self::Int64(numbers) => numbers.len(),
            Self::UInt32(numbers) => numbers.len(),
            Self::UInt8(numbers) => numbers.len(),
        }
    }

    pub(crate) fn format(&self) -> &'static str {
        match self {
            Self::Int32(_) => "i",
            Self::Int64(_) => "q",
            Self::UInt32(_) => "I",
            Self::UInt8(_) => "B",
        }
    }

    fn arrow_format(&self) -> &'static CStr {
        match self {
            Self::Int32(_) => c"i",
            Self::Int64(_) => c"l",
            Self::UInt32(_) => c"I",
            Self::UInt8(_) => c"C",
        }
    }
}

/// Numbers without padding, as their bytes.
#[expect(unsafe_code, reason = "looks at numbers as bytes")]
pub(crate) fn as_bytes<T: Copy>(numbers: &[T]) -> &[u8] {
    // SAFETY: callers give integers, which have no padding; the length is that of the slice.
    unsafe { std::slice::from_raw_parts(numbers.as_ptr().cast(), std::mem::size_of_val(numbers)) }
}

/// An array, or a table (an array of records) with its columns.
pub(crate) struct Array {
    kind: Kind,
    len: usize,
    name: &'static CStr,
}

enum Kind {
    Numbers(Numbers),
    Bytes(Arc<BytesColumn>),
    Memory(Shown),
    Record(Vec<Array>),
}

impl Array {
    pub(crate) fn of_revs(revs: &Arc<Vec<i32>>) -> Self {
        Self::of_numbers(Numbers::Int32(revs.clone()))
    }

    pub(crate) fn of_numbers(numbers: Numbers) -> Self {
        Self { len: numbers.len(), kind: Kind::Numbers(numbers), name: c"" }
    }

    pub(crate) fn of_bytes(column: &Arc<BytesColumn>) -> Self {
        Self { len: column.len(), kind: Kind::Bytes(column.clone()), name: c"" }
    }

    pub(crate) fn of_memory(memory: Shown) -> Self {
        Self { len: memory.as_ref().len(), kind: Kind::Memory(memory), name: c"" }
    }

    /// A table of columns of the same length.
    pub(crate) fn of_columns(columns: Vec<Self>) -> Self {
        let len = columns.first().map_or(0, |column| column.len);
        Self { kind: Kind::Record(columns), len, name: c"" }
    }

    /// The same, with a name.
    pub(crate) fn named(self, name: &'static CStr) -> Self {
        Self { name, ..self }
    }

    /// The schema, in a capsule.
    pub(crate) fn schema(&self, py: Python<'_>) -> PyResult<PyObject> {
        capsule(py, Box::new(self.c_schema()), c"arrow_schema")
    }

    /// Schema and array, in capsules.
    pub(crate) fn capsules(self, py: Python<'_>) -> PyResult<PyTuple> {
        let schema = self.schema(py)?;
        let array = capsule(py, Box::new(self.into_c()), c"arrow_array")?;
        Ok(PyTuple::new(py, &[schema, array]))
    }

    /// A stream of this one table, in a capsule.
    pub(crate) fn stream(self, py: Python<'_>) -> PyResult<PyObject> {
        capsule(py, Box::new(Stream::of(self)), c"arrow_array_stream")
    }

    fn c_schema(&self) -> Schema {
        let format = match &self.kind {
            Kind::Numbers(numbers) => numbers.arrow_format(),
            Kind::Bytes(_) => c"z",
            Kind::Memory(_) => c"C",
            Kind::Record(_) => c"+s",
        };
        let children = match &self.kind {
            Kind::Record(columns) => columns.iter().map(Self::c_schema).collect(),
            _ => Vec::new(),
        };
        Schema::new(format, self.name, children)
    }

    fn into_c(self) -> CArray {
        let mut buffers: Vec<*const c_void> = vec![std::ptr::null()];
        let mut children = Vec::new();
        let held: Box<dyn std::any::Any> = match self.kind {
            Kind::Numbers(numbers) => {
                buffers.push(numbers.bytes().as_ptr().cast());
                Box::new(numbers)
            }
            Kind::Bytes(column) => {
                buffers.push(column.offsets.as_ptr().cast());
                buffers.push(column.text.as_ptr().cast());
                Box::new(column)
            }
            Kind::Memory(memory) => {
                buffers.push(memory.as_ref().as_ptr().cast());
                Box::new(memory)
            }
            Kind::Record(columns) => {
                children = columns.into_iter().map(Self::into_c).collect();
                Box::new(())
            }
        };
        CArray::new(self.len, buffers, children, held)
    }
}

/// `struct ArrowSchema`.
#[repr(C)]
struct Schema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut Schema,
    dictionary: *mut Schema,
    release: Option<unsafe extern "C" fn(*mut Schema)>,
    private_data: *mut c_void,
}

/// Pointers to children, each of which is freed with the list.
struct Children<T>(Vec<*mut T>);

impl<T> Children<T> {
    fn new(children: Vec<T>) -> Self {
        Self(children.into_iter().map(|child| Box::into_raw(Box::new(child))).collect())
    }
}

impl Schema {
    fn new(format: &'static CStr, name: &'static CStr, children: Vec<Self>) -> Self {
        let mut children = Box::new(Children::new(children));
        Self {
            format: format.as_ptr(),
            name: name.as_ptr(),
            metadata: std::ptr::null(),
            flags: 0,
            n_children: i64::try_from(children.0.len()).unwrap_or(0),
            children: children.0.as_mut_ptr(),
            dictionary: std::ptr::null_mut(),
            release: Some(release_schema),
            private_data: Box::into_raw(children).cast(),
        }
    }
}

/// `struct ArrowArray`.
#[repr(C)]
struct CArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *mut *const c_void,
    children: *mut *mut CArray,
    dictionary: *mut CArray,
    release: Option<unsafe extern "C" fn(*mut CArray)>,
    private_data: *mut c_void,
}

struct Held {
    buffers: Vec<*const c_void>,
    children: Children<CArray>,
    #[expect(dead_code, reason = "held so that the buffers stay")]
    memory: Box<dyn std::any::Any>,
}

impl CArray {
    fn new(
        len: usize,
        buffers: Vec<*const c_void>,
        children: Vec<Self>,
        memory: Box<dyn std::any::Any>,
    ) -> Self {
        let mut held = Box::new(Held { buffers, children: Children::new(children), memory });
        Self {
            length: i64::try_from(len).unwrap_or(0),
            null_count: 0,
            offset: 0,
            n_buffers: i64::try_from(held.buffers.len()).unwrap_or(0),
            n_children: i64::try_from(held.children.0.len()).unwrap_or(0),
            buffers: held.buffers.as_mut_ptr(),
            children: held.children.0.as_mut_ptr(),
            dictionary: std::ptr::null_mut(),
            release: Some(release_array),
            private_data: Box::into_raw(held).cast(),
        }
    }
}

/// `struct ArrowArrayStream`.
#[repr(C)]
struct Stream {
    get_schema: Option<unsafe extern "C" fn(*mut Stream, *mut Schema) -> i32>,
    get_next: Option<unsafe extern "C" fn(*mut Stream, *mut CArray) -> i32>,
    get_last_error: Option<unsafe extern "C" fn(*mut Stream) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut Stream)>,
    private_data: *mut c_void,
}

impl Stream {
    fn of(table: Array) -> Self {
        Self {
            get_schema: Some(stream_schema),
            get_next: Some(stream_next),
            get_last_error: Some(stream_error),
            release: Some(release_stream),
            private_data: Box::into_raw(Box::new((table.c_schema(), Some(table)))).cast(),
        }
    }
}

type StreamState = (Schema, Option<Array>);

/// A structure of the interface: whoever frees its capsule releases it, unless a consumer took it over.
trait Releases {
    /// Lets go of what it holds; nothing to do when it was moved out.
    fn let_go(&mut self);
}

macro_rules! releases {
    ($($class:ty),*) => { $(
        impl Releases for $class {
            #[expect(unsafe_code, reason = "calls the release callback of the interface")]
            fn let_go(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: the callback is the one set when the structure was made.
                    unsafe { release(self) }
                }
            }
        }
    )* };
}
releases!(Schema, CArray, Stream);

#[expect(unsafe_code, reason = "callback of the interface")]
unsafe extern "C" fn release_schema(schema: *mut Schema) {
    // SAFETY: `private_data` is the box of `Schema::new`; the interface has this called once.
    unsafe {
        let children = Box::from_raw((*schema).private_data.cast::<Children<Schema>>());
        free_children(*children);
        (*schema).release = None;
    }
}

#[expect(unsafe_code, reason = "callback of the interface")]
unsafe extern "C" fn release_array(array: *mut CArray) {
    // SAFETY: `private_data` is the box of `CArray::new`; the interface has this called once.
    unsafe {
        let held = Box::from_raw((*array).private_data.cast::<Held>());
        free_children(held.children);
        (*array).release = None;
    }
}

#[expect(unsafe_code, reason = "frees what was given away as pointers")]
unsafe fn free_children<T: Releases>(children: Children<T>) {
    for child in children.0 {
        // SAFETY: made by `Children::new`; a consumer that moved a child out has cleared its callback.
        unsafe {
            let mut child = Box::from_raw(child);
            child.let_go();
        }
    }
}

#[expect(unsafe_code, reason = "callback of the interface")]
unsafe extern "C" fn stream_schema(stream: *mut Stream, out: *mut Schema) -> i32 {
    // SAFETY: `private_data` is the box of `Stream::of`; `out` is room that the consumer gives.
    unsafe {
        let state = &*(*stream).private_data.cast::<StreamState>();
        let copy = copy_schema(&state.0);
        out.write(copy);
    }
    0
}

#[expect(unsafe_code, reason = "reads pointers that were set here")]
unsafe fn copy_schema(schema: &Schema) -> Schema {
    // SAFETY: format and name are static texts, children are those of `Schema::new`.
    unsafe {
        let children = &*schema.private_data.cast::<Children<Schema>>();
        let children = children.0.iter().map(|child| copy_schema(&**child)).collect();
        let format: &'static CStr = CStr::from_ptr(schema.format);
        let name: &'static CStr = CStr::from_ptr(schema.name);
        Schema::new(format, name, children)
    }
}

#[expect(unsafe_code, reason = "callback of the interface")]
unsafe extern "C" fn stream_next(stream: *mut Stream, out: *mut CArray) -> i32 {
    // SAFETY: as above. An array without release callback tells the end of the stream.
    unsafe {
        let state = &mut *(*stream).private_data.cast::<StreamState>();
        match state.1.take() {
            Some(table) => out.write(table.into_c()),
            None => (*out).release = None,
        }
    }
    0
}

#[expect(unsafe_code, reason = "callback of the interface")]
unsafe extern "C" fn stream_error(_stream: *mut Stream) -> *const c_char {
    std::ptr::null()
}

#[expect(unsafe_code, reason = "callback of the interface")]
unsafe extern "C" fn release_stream(stream: *mut Stream) {
    // SAFETY: `private_data` is the box of `Stream::of`; the interface has this called once.
    unsafe {
        let mut state = Box::from_raw((*stream).private_data.cast::<StreamState>());
        state.0.let_go();
        (*stream).release = None;
    }
}

/// Puts a structure into a capsule that releases it when nobody took it over.
#[expect(unsafe_code, reason = "makes a capsule with a destructor")]
fn capsule<T: Releases>(py: Python<'_>, value: Box<T>, name: &'static CStr) -> PyResult<PyObject> {
    unsafe extern "C" fn destroy<T: Releases>(capsule: *mut ffi::PyObject) {
        // SAFETY: the pointer is the box given below; the interpreter calls this once.
        unsafe {
            let name = ffi::PyCapsule_GetName(capsule);
            let value = ffi::PyCapsule_GetPointer(capsule, name);
            if !value.is_null() {
                let mut value = Box::from_raw(value.cast::<T>());
                value.let_go();
            }
        }
    }
    let value = Box::into_raw(value);
    // SAFETY: the name is static; on failure the box is freed again.
    unsafe {
        let capsule = ffi::PyCapsule_New(value.cast(), name.as_ptr(), Some(destroy::<T>));
        if capsule.is_null() {
            let mut value = Box::from_raw(value);
            value.let_go();
            return Err(PyErr::fetch(py));
        }
        Ok(PyObject::from_owned_ptr(py, capsule))
    }
}
