//! Classes: a Rust value in each object, behind methods that are declared once.

use std::ffi::{CStr, c_int, c_uint, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};

use pyo3_ffi as ffi;

use crate::function::definition;
use crate::module::leaked;
use crate::{
    Checked, PyErr, PyModule, PyObject, PyResult, PyType, Python, PythonObject,
    PythonObjectWithTypeObject,
};

mod slots;

pub use slots::{contains, item, iterator, length, next};

/// The first of the class's bases: the head of every object, and then the value.
#[repr(C)]
struct Layout<T> {
    head: ffi::PyObject,
    value: T,
}

/// A class made with `py_class!`.
///
/// # Safety
/// `Data` is what `pack` makes, and no other class shares `place`.
pub unsafe trait BaseObject: PythonObject {
    /// What an object is made from.
    type InitType;
    /// What an object holds.
    type Data;

    /// The name, without that of the module.
    const NAME: &'static str;

    /// The value of an object.
    fn pack(init: Self::InitType) -> Self::Data;

    /// What the class has.
    fn entries() -> Vec<Entry>;

    /// Where the class is remembered.
    fn place() -> &'static AtomicPtr<ffi::PyTypeObject>;

    /// The value.
    #[inline]
    fn value(&self) -> &Self::Data {
        // SAFETY: `alloc` has put it there, and it stays until the object is freed.
        unsafe { &(*self.as_object().as_ptr().cast::<Layout<Self::Data>>()).value }
    }

    /// Makes an object of a class.
    ///
    /// # Safety
    /// The class is this one or one below it.
    unsafe fn alloc(py: Python<'_>, class: &PyType, init: Self::InitType) -> PyResult<PyObject> {
        let class = class.as_type_ptr();
        // SAFETY: the memory is large enough for the value of this class, which nobody has looked at yet.
        unsafe {
            let slot = ffi::PyType_GetSlot(class, ffi::Py_tp_alloc);
            let alloc = std::mem::transmute::<*mut c_void, ffi::allocfunc>(slot);
            let object = PyObject::owned_or_raised(py, alloc(class, 0))?;
            let layout = object.as_ptr().cast::<Layout<Self::Data>>();
            (&raw mut (*layout).value).write(Self::pack(init));
            Ok(object)
        }
    }

    /// The class, made when it is first needed.
    fn class(py: Python<'_>) -> PyType {
        let mut class = Self::place().load(Ordering::Acquire);
        if class.is_null() {
            class = make::<Self>(Extras::NONE);
        }
        // SAFETY: a class that was made lives as long as the process.
        unsafe { PyType::unchecked_downcast_from(PyObject::from_borrowed_ptr(py, class.cast())) }
    }

    /// Whether an object is of this class or one below it.
    #[inline]
    fn is_one(object: &PyObject) -> bool {
        let class = Self::place().load(Ordering::Acquire);
        // SAFETY: both are alive; a class that was never made has no objects.
        !class.is_null() && unsafe { ffi::PyObject_TypeCheck(object.as_ptr(), class) } != 0
    }
}

/// One of the things that a class has.
pub enum Entry {
    /// A method.
    Method(&'static str, &'static [&'static str], ffi::PyMethodDefPointer, c_int),
    /// An attribute that is asked for.
    Property(&'static str, &'static [&'static str], ffi::getter),
    /// `__new__`.
    New(ffi::newfunc),
    /// `__len__`.
    Length(ffi::lenfunc),
    /// `__getitem__`.
    Item(ffi::binaryfunc),
    /// `__contains__`.
    Contains(ffi::objobjproc),
    /// `__iter__`.
    Iterator(ffi::getiterfunc),
    /// `__next__`.
    Next(ffi::iternextfunc),
}

/// What a class has beside its declaration.
#[derive(Clone, Copy)]
pub struct Extras {
    /// Whether Python classes can inherit from it.
    pub is_base: bool,
    /// Methods of one argument, or none, called without sorting arguments: name, function, flags.
    pub methods: &'static [(&'static CStr, ffi::PyCFunction, c_int)],
    /// Lends the memory of an object.
    pub buffer: Option<ffi::getbufferproc>,
}

impl Extras {
    /// Nothing.
    pub const NONE: Self = Self { is_base: false, methods: &[], buffer: None };
}

/// Makes a class that has more than its declaration, and puts it into the module.
pub fn add<T: BaseObject + PythonObjectWithTypeObject>(
    py: Python<'_>,
    module: &PyModule,
    extras: Extras,
) -> PyResult<()> {
    if make::<T>(extras).is_null() {
        return Err(PyErr::fetch(py));
    }
    module.add_class::<T>(py)
}

/// The lines of a documentation comment.
fn doc(lines: &[&str]) -> Option<String> {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Slots in the making.
#[derive(Default)]
struct Parts {
    slots: Vec<ffi::PyType_Slot>,
    methods: Vec<ffi::PyMethodDef>,
    properties: Vec<ffi::PyGetSetDef>,
    can_be_made: bool,
}

impl Parts {
    fn slot(&mut self, slot: c_int, pfunc: *mut c_void) {
        self.slots.push(ffi::PyType_Slot { slot, pfunc });
    }

    fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Method(name, lines, call, flags) => {
                self.methods.push(definition(name, doc(lines), call, flags));
            }
            Entry::Property(name, lines, get) => self.properties.push(ffi::PyGetSetDef {
                name: leaked(name),
                get: Some(get),
                doc: doc(lines).map_or(std::ptr::null(), |doc| leaked(&doc)),
                ..Default::default()
            }),
            Entry::New(function) => {
                self.can_be_made = true;
                self.slot(ffi::Py_tp_new, function as *mut c_void);
            }
            Entry::Length(function) => {
                self.slot(ffi::Py_sq_length, function as *mut c_void);
                self.slot(ffi::Py_mp_length, function as *mut c_void);
            }
            Entry::Item(function) => {
                self.slot(ffi::Py_mp_subscript, function as *mut c_void);
                self.slot(ffi::Py_sq_item, slots::item_at as *mut c_void);
            }
            Entry::Contains(function) => self.slot(ffi::Py_sq_contains, function as *mut c_void),
            Entry::Iterator(function) => self.slot(ffi::Py_tp_iter, function as *mut c_void),
            Entry::Next(function) => self.slot(ffi::Py_tp_iternext, function as *mut c_void),
        }
    }

    /// The table of the class, ended as the interpreter wants it; lists live as long as the process.
    fn table(mut self) -> &'static mut [ffi::PyType_Slot] {
        self.methods.push(ffi::PyMethodDef::zeroed());
        let methods = std::mem::take(&mut self.methods).leak().as_mut_ptr().cast();
        self.slot(ffi::Py_tp_methods, methods);
        self.properties.push(ffi::PyGetSetDef::default());
        let properties = std::mem::take(&mut self.properties).leak().as_mut_ptr().cast();
        self.slot(ffi::Py_tp_getset, properties);
        self.slots.push(ffi::PyType_Slot::default());
        self.slots.leak()
    }
}

/// Makes the class; null, with an exception set, when that fails.
fn make<T: BaseObject>(extras: Extras) -> *mut ffi::PyTypeObject {
    let mut parts = Parts::default();
    T::entries().into_iter().for_each(|entry| parts.take(entry));
    for (name, function, flags) in extras.methods {
        parts.methods.push(ffi::PyMethodDef {
            ml_name: name.as_ptr(),
            ml_meth: ffi::PyMethodDefPointer { PyCFunction: *function },
            ml_flags: *flags,
            ml_doc: std::ptr::null(),
        });
    }
    parts.slot(ffi::Py_tp_dealloc, dealloc::<T> as *mut c_void);
    if let Some(buffer) = extras.buffer {
        parts.slot(ffi::Py_bf_getbuffer, buffer as *mut c_void);
    }
    // Assigning `__class__` between classes of ours is out of the question: their values differ.
    let mut flags = ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_IMMUTABLETYPE;
    if extras.is_base {
        flags |= ffi::Py_TPFLAGS_BASETYPE;
    }
    if !parts.can_be_made {
        flags |= ffi::Py_TPFLAGS_DISALLOW_INSTANTIATION;
    }
    let mut spec = ffi::PyType_Spec {
        name: leaked(&format!("mercurial.rustext.{}", T::NAME)),
        basicsize: c_int::try_from(size_of::<Layout<T::Data>>()).unwrap_or(c_int::MAX),
        itemsize: 0,
        flags: c_uint::try_from(flags).unwrap_or(0),
        slots: parts.table().as_mut_ptr(),
    };
    const { assert!(align_of::<Layout<T::Data>>() <= 16, "what the allocator gives") };
    // SAFETY: the table ends and lives as long as the process; each function is that of its slot.
    let class = unsafe { ffi::PyType_FromSpec(&raw mut spec) }.cast();
    T::place().store(class, Ordering::Release);
    class
}

/// Frees an object.
unsafe extern "C" fn dealloc<T: BaseObject>(object: *mut ffi::PyObject) {
    crate::function::guarded((), |py| {
        // An exception may be on its way, as when the stack of a function that raises is cleared: what is
        // called when a transaction is given up must not see it, and not end it.
        let raised = PyErr::occurred(py).then(|| PyErr::fetch(py));
        // SAFETY: the last reference is gone; the value is not looked at any more. An object of a class made
        // at run time holds its class.
        unsafe {
            (&raw mut (*object.cast::<Layout<T::Data>>()).value).drop_in_place();
            let class = ffi::Py_TYPE(object);
            let slot = ffi::PyType_GetSlot(class, ffi::Py_tp_free);
            std::mem::transmute::<*mut c_void, ffi::freefunc>(slot)(object.cast());
            ffi::Py_DECREF(class.cast());
        }
        if let Some(raised) = raised {
            raised.restore(py);
        }
        Ok(())
    });
}

/// The object that the interpreter lends to a method of its class.
///
/// # Safety
/// It is one of this class.
#[inline]
pub unsafe fn receiver<T: PythonObject>(this: &*mut ffi::PyObject) -> &T {
    // SAFETY: as the caller says.
    unsafe { PyObject::borrow_from_ptr(this).unchecked_cast_as() }
}

/// Makes an object of just this class.
pub fn create<T: BaseObject>(py: Python<'_>, init: T::InitType) -> PyResult<T> {
    // SAFETY: the class is this one.
    unsafe { Ok(T::unchecked_downcast_from(T::alloc(py, &T::class(py), init)?)) }
}

/// Whether an object is of a class; for the macro.
pub fn check<T: BaseObject + Checked>(object: &PyObject) -> bool {
    T::is_one(object)
}

/// Declares a class; see the module.
#[macro_export]
macro_rules! py_class {
    ($(#[$meta:meta])* pub class $class:ident |$py:ident| {
        $( data $field:ident : $type:ty ; )*
        $(
            $(#[doc = $doc:literal])* $(@ $kind:ident)?
            def $method:ident ( $($params:tt)* ) -> $answer:ty $body:block
        )*
    }) => {
        $(#[$meta])*
        #[repr(transparent)]
        pub struct $class($crate::PyObject);

        $crate::__py_object!($class);

        const _: () = {
            pub struct Data { $($field: $type),* }

            // SAFETY: the value is what is packed here; the place is this class's own.
            #[allow(unsafe_code, reason = "says what layout an object has")]
            unsafe impl $crate::py_class::BaseObject for $class {
                type InitType = ($($type,)*);
                type Data = Data;
                const NAME: &'static str = stringify!($class);

                fn pack(($($field,)*): Self::InitType) -> Data {
                    Data { $($field),* }
                }

                fn entries() -> Vec<$crate::py_class::Entry> {
                    vec![ $(
                        $crate::__py_entry!(
                            $class, [$($doc),*], [$($kind)?], $method, ($($params)*)
                        )
                    ),* ]
                }

                fn place()
                -> &'static ::std::sync::atomic::AtomicPtr<$crate::_detail::ffi::PyTypeObject> {
                    static PLACE: ::std::sync::atomic::AtomicPtr<
                        $crate::_detail::ffi::PyTypeObject,
                    > = ::std::sync::atomic::AtomicPtr::new(::std::ptr::null_mut());
                    &PLACE
                }
            }

            impl $crate::Checked for $class {
                const EXPECTED: &'static str = stringify!($class);

                fn check(_: $crate::Python<'_>, object: &$crate::PyObject) -> bool {
                    $crate::py_class::check::<Self>(object)
                }
            }

            impl $crate::PythonObjectWithTypeObject for $class {
                fn type_object(py: $crate::Python<'_>) -> $crate::PyType {
                    <Self as $crate::py_class::BaseObject>::class(py)
                }
            }

            #[allow(dead_code, reason = "not every value is looked at")]
            impl $class {
                $(
                    pub(crate) fn $field<'a>(&'a self, _: $crate::Python<'a>) -> &'a $type {
                        &$crate::py_class::BaseObject::value(self).$field
                    }
                )*

                pub(crate) fn create_instance(
                    py: $crate::Python<'_>, $($field: $type),*
                ) -> $crate::PyResult<Self> {
                    $crate::py_class::create(py, ($($field,)*))
                }
            }

            #[allow(unused_variables, reason = "not every method needs the interpreter")]
            impl $class {
                $(
                    $crate::__py_method!(
                        $py, [$($kind)?], $method, ($($params)*), $answer, $body
                    );
                )*
            }
        };
    };
}

/// The Rust function of a method.
#[doc(hidden)]
#[macro_export]
macro_rules! __py_method {
    ($py:ident, [$($kind:ident)?], $name:ident,
     (& $this:ident $(, $param:ident : $type:ty $(= $default:expr)?)* $(,)?), $answer:ty, $body:block) => {
        pub fn $name(&$this, $py: $crate::Python<'_>, $($param: $type),*) -> $answer $body
    };
    ($py:ident, [staticmethod], $name:ident,
     ($($param:ident : $type:ty $(= $default:expr)?),* $(,)?), $answer:ty, $body:block) => {
        pub fn $name($py: $crate::Python<'_>, $($param: $type),*) -> $answer $body
    };
    ($py:ident, [$($kind:ident)?], $name:ident,
     ($class:ident $(, $param:ident : $type:ty $(= $default:expr)?)* $(,)?), $answer:ty, $body:block) => {
        pub fn $name($class: &$crate::PyType, $py: $crate::Python<'_>, $($param: $type),*) -> $answer $body
    };
}

/// What the class is told about a method.
#[doc(hidden)]
#[macro_export]
macro_rules! __py_entry {
    ($class:ident, $doc:tt, [], __new__, ($of:ident $(, $($params:tt)*)?)) => {{
        unsafe extern "C" fn new(
            class: *mut $crate::_detail::ffi::PyTypeObject,
            args: *mut $crate::_detail::ffi::PyObject,
            options: *mut $crate::_detail::ffi::PyObject,
        ) -> *mut $crate::_detail::ffi::PyObject {
            let class = class.cast::<$crate::_detail::ffi::PyObject>();
            // SAFETY: the class is alive.
            let class = unsafe { $crate::py_class::receiver::<$crate::PyType>(&class) };
            $crate::__py_call!(tuple, $class, args, options, (class), ($($($params)*)?), $class::__new__)
        }
        $crate::py_class::Entry::New(new)
    }};
    ($class:ident, $doc:tt, [], __len__, (&$this:ident)) => {
        $crate::__py_slot!($class, __len__, length, Length, isize, ())
    };
    ($class:ident, $doc:tt, [], __iter__, (&$this:ident)) => {
        $crate::__py_slot!(
            $class, __iter__, iterator, Iterator, *mut $crate::_detail::ffi::PyObject, ()
        )
    };
    ($class:ident, $doc:tt, [], __next__, (&$this:ident)) => {
        $crate::__py_slot!($class, __next__, next, Next, *mut $crate::_detail::ffi::PyObject, ())
    };
    ($class:ident, $doc:tt, [], __getitem__, (&$this:ident, $param:ident : $type:ty)) => {
        $crate::__py_slot!(
            $class, __getitem__, item, Item, *mut $crate::_detail::ffi::PyObject, (key)
        )
    };
    ($class:ident, $doc:tt, [], __contains__, (&$this:ident, $param:ident : $type:ty)) => {
        $crate::__py_slot!($class, __contains__, contains, Contains, ::std::ffi::c_int, (key))
    };
    ($class:ident, [$($doc:literal),*], [property], $name:ident, (&$this:ident)) => {{
        unsafe extern "C" fn get(
            this: *mut $crate::_detail::ffi::PyObject, _: *mut ::std::ffi::c_void,
        ) -> *mut $crate::_detail::ffi::PyObject {
            // SAFETY: the interpreter calls with an object of this class.
            unsafe { $crate::py_class::iterator(this, $class::$name) }
        }
        $crate::py_class::Entry::Property(stringify!($name), &[$($doc),*], get)
    }};
    ($class:ident, $doc:tt, [], $name:ident, (&$this:ident $(, $($params:tt)*)?)) => {
        $crate::__py_method_entry!(
            $class, $doc, $name, (0), ($($($params)*)?), this,
            (unsafe { $crate::py_class::receiver::<$class>(&this) })
        )
    };
    ($class:ident, $doc:tt, [classmethod], $name:ident, ($of:ident $(, $($params:tt)*)?)) => {
        $crate::__py_method_entry!(
            $class, $doc, $name, ($crate::_detail::ffi::METH_CLASS), ($($($params)*)?), this,
            (unsafe { $crate::py_class::receiver::<$crate::PyType>(&this) })
        )
    };
    ($class:ident, $doc:tt, [staticmethod], $name:ident, ($($params:tt)*)) => {
        $crate::__py_method_entry!(
            $class, $doc, $name, ($crate::_detail::ffi::METH_STATIC), ($($params)*), this, ()
        )
    };
}

/// A slot of the class that is nothing but one of its methods.
#[doc(hidden)]
#[macro_export]
macro_rules! __py_slot {
    ($class:ident, $name:ident, $caller:ident, $entry:ident, $answer:ty, ($($key:ident)?)) => {{
        unsafe extern "C" fn slot(
            this: *mut $crate::_detail::ffi::PyObject,
            $($key: *mut $crate::_detail::ffi::PyObject,)?
        ) -> $answer {
            // SAFETY: the interpreter calls with an object of this class, and lends its arguments.
            unsafe { $crate::py_class::$caller(this, $($key,)? $class::$name) }
        }
        $crate::py_class::Entry::$entry(slot)
    }};
}

/// A method that is called with arguments.
#[doc(hidden)]
#[macro_export]
macro_rules! __py_method_entry {
    ($class:ident, [$($doc:literal),*], $name:ident, ($flags:expr), (), $this:ident, ($($first:expr)?)) => {{
        unsafe extern "C" fn method(
            $this: *mut $crate::_detail::ffi::PyObject,
            _: *mut $crate::_detail::ffi::PyObject,
        ) -> *mut $crate::_detail::ffi::PyObject {
            $crate::function::guarded(::std::ptr::null_mut(), |py| {
                let _ = $this;
                // SAFETY: the interpreter calls with an object of this class.
                let answer = $class::$name($($first,)? py)?;
                let answer = $crate::ToPyObject::into_py_object(answer, py);
                Ok($crate::PythonObject::into_object(answer).steal_ptr())
            })
        }
        $crate::py_class::Entry::Method(
            stringify!($name),
            &[$($doc),*],
            $crate::_detail::ffi::PyMethodDefPointer { PyCFunction: method },
            $crate::_detail::ffi::METH_NOARGS | $flags,
        )
    }};
    ($class:ident, [$($doc:literal),*], $name:ident, ($flags:expr), $params:tt, $this:ident, ($($first:expr)?)) => {{
        unsafe extern "C" fn method(
            $this: *mut $crate::_detail::ffi::PyObject,
            args: *const *mut $crate::_detail::ffi::PyObject,
            count: $crate::_detail::ffi::Py_ssize_t,
            names: *mut $crate::_detail::ffi::PyObject,
        ) -> *mut $crate::_detail::ffi::PyObject {
            let _ = $this;
            $crate::__py_call!(array, $name, (args, count), names, ($($first)?), $params, $class::$name)
        }
        $crate::py_class::Entry::Method(
            stringify!($name),
            &[$($doc),*],
            $crate::_detail::ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: method },
            $crate::_detail::ffi::METH_FASTCALL | $crate::_detail::ffi::METH_KEYWORDS | $flags,
        )
    }};
}
