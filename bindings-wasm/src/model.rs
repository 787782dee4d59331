//! What the handles of documents share.

/// A handle on a model that is made from a document.
macro_rules! model {
    ($(#[$about:meta])* $handle:ident($model:ty)) => {
        $(#[$about])*
        #[wasm_bindgen]
        pub struct $handle(pub(crate) $model);

        #[wasm_bindgen]
        impl $handle {
            /// Reads a document: text or an object.
            ///
            /// # Errors
            /// The problems of the document.
            pub fn parse(value: &JsValue) -> std::result::Result<Self, JsValue> {
                <$model>::from_document(&$crate::node::document(value)?).map(Self).map_err($crate::error::thrown)
            }

            /// The document as JSON text.
            #[wasm_bindgen(js_name = toJson)]
            pub fn to_json(&self) -> String {
                self.0.to_json().into()
            }
        }
    };
}
pub(crate) use model;
