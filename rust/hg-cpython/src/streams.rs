//! Streams that Python objects stand for.

use std::io::{BufReader, Read, Write};

use cpython::{NoArgs, ObjectProtocol as _, PyBytes, PyErr, PyObject, PyResult, Python};
use hg_commands::Streams;

/// The objects that replace standard streams; `None` keeps the process's own.
pub(crate) struct Given {
    pub(crate) input: Option<PyObject>,
    pub(crate) output: Option<PyObject>,
    pub(crate) errors: Option<PyObject>,
}

impl Given {
    /// Takes objects that may be `None`.
    pub(crate) fn new(py: Python<'_>, streams: [PyObject; 3]) -> Self {
        let [input, output, errors] =
            streams.map(|stream| if stream.is_none(py) { None } else { Some(stream) });
        Self { input, output, errors }
    }

    /// The streams of the process with those of Python in their places.
    pub(crate) fn over(self, _: Python<'_>, mut streams: Streams) -> Streams {
        if let Some(input) = self.input {
            streams.input = Box::new(BufReader::new(Stream(input)));
            streams.input_is_terminal = false;
        }
        if let Some(output) = self.output {
            streams.output = Box::new(Stream(output));
            streams.output_is_terminal = false;
        }
        if let Some(errors) = self.errors {
            streams.errors = Box::new(Stream(errors));
            streams.errors_is_terminal = false;
        }
        streams
    }
}

/// A binary file object.
struct Stream(PyObject);

impl Stream {
    fn with<T>(
        &self,
        call: impl FnOnce(Python<'_>, &PyObject) -> PyResult<T>,
    ) -> std::io::Result<T> {
        let gil = Python::acquire_gil();
        let py = gil.python();
        call(py, &self.0).map_err(|error| failure(py, error))
    }
}

/// An exception of a file object as an error of input and output.
fn failure(py: Python<'_>, mut error: PyErr) -> std::io::Error {
    let instance = error.instance(py);
    let number = instance.getattr(py, "errno").and_then(|number| number.extract::<i32>(py));
    match number {
        Ok(number) => std::io::Error::from_raw_os_error(number),
        Err(_) => {
            let text = instance.str(py).and_then(|text| Ok(text.to_string(py)?.into_owned()));
            std::io::Error::other(text.unwrap_or_default())
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        self.with(|py, file| file.call_method(py, "write", (PyBytes::new(py, buffer),), None))?;
        Ok(buffer.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.with(|py, file| match file.getattr(py, "flush") {
            Ok(flush) => flush.call(py, NoArgs, None).map(|_| ()),
            Err(_) => Ok(()),
        })
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let data = self.with(|py, file| {
            let data = file.call_method(py, "read", (buffer.len(),), None)?;
            let data: PyBytes = data.extract(py)?;
            Ok(data.data(py).to_vec())
        })?;
        let count = data.len().min(buffer.len());
        buffer[..count].copy_from_slice(&data[..count]);
        Ok(count)
    }
}
