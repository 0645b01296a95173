//! Nothing: this package is there for the source that its dependency carries.
