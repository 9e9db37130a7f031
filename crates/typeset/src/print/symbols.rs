//! Symbols and named functions in words.

/// A symbol in words; none where it is said as it is written, such as a letter.
pub(super) fn symbol(text: &str) -> Option<&'static str> {
    Some(match text {
        "+" => "plus",
        "-" | "−" => "minus",
        "=" => "equals",
        "≠" => "does not equal",
        "<" => "is less than",
        ">" => "is greater than",
        "≤" => "is at most",
        "≥" => "is at least",
        "≪" => "is much less than",
        "≫" => "is much greater than",
        "≈" => "is approximately",
        "≡" => "is identical to",
        "∼" | "~" => "is distributed as",
        "∝" => "is proportional to",
        "→" => "tends to",
        "←" => "becomes",
        "↦" => "maps to",
        "⇒" => "implies",
        "∈" => "is in",
        "⊥" => "is orthogonal to",
        "⋅" | "·" => "dot",
        "×" => "times",
        "±" => "plus or minus",
        "∓" => "minus or plus",
        "/" | "∕" => "over",
        "∗" | "*" => "star",
        "∘" => "circle",
        "⊤" => "transpose",
        "∞" => "infinity",
        "∂" => "partial",
        "∇" => "nabla",
        "ℓ" => "ell",
        "…" | "⋯" => "and so on",
        "∫" => "integral",
        "∑" => "sum",
        "∏" => "product",
        "′" => "prime",
        "!" => "factorial",
        "%" => "percent",
        ":" => "colon",
        "(" => "open paren",
        ")" => "close paren",
        "[" => "open bracket",
        "]" => "close bracket",
        "{" => "open brace",
        "}" => "close brace",
        "⟨" => "open angle bracket",
        "⟩" => "close angle bracket",
        "|" | "∣" => "vertical bar",
        "‖" => "double vertical bar",
        "□" => "square",
        "𝟙" => "indicator",
        _ => return greek(text),
    })
}

fn greek(text: &str) -> Option<&'static str> {
    const SMALL: [&str; 25] = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
        "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi",
        "omega",
    ];
    Some(match text {
        "ϵ" => "epsilon",
        "ϑ" => "theta",
        "ϕ" => "phi",
        "ϱ" => "rho",
        "ϖ" => "pi",
        "Γ" => "capital gamma",
        "Δ" => "capital delta",
        "Θ" => "capital theta",
        "Λ" => "capital lambda",
        "Ξ" => "capital xi",
        "Π" => "capital pi",
        "Σ" => "capital sigma",
        "Υ" => "capital upsilon",
        "Φ" => "capital phi",
        "Ψ" => "capital psi",
        "Ω" => "capital omega",
        _ => {
            let mut letters = text.chars();
            let place = u32::from(letters.next()?).checked_sub(u32::from('α'))?;
            return SMALL.get(place as usize).copied().filter(|_| letters.next().is_none());
        }
    })
}

/// The name of a function, such as `sin`, in words.
pub(super) fn function(name: &str) -> &str {
    match name {
        "sin" => "sine",
        "cos" => "cosine",
        "tan" => "tangent",
        "arcsin" => "arc sine",
        "arccos" => "arc cosine",
        "arctan" => "arc tangent",
        "ln" => "natural log",
        "exp" => "exponential",
        "lim" => "limit",
        "max" => "maximum",
        "min" => "minimum",
        other => other,
    }
}

/// What an accent is called.
pub(super) fn accent(mark: char) -> &'static str {
    match mark {
        '\u{302}' | '^' => "hat",
        '\u{303}' | '~' => "tilde",
        '\u{304}' | '\u{305}' | '¯' | '‾' => "bar",
        '\u{307}' | '˙' => "dot",
        '\u{308}' | '¨' => "double dot",
        '\u{20d7}' | '→' => "arrow",
        _ => "accent",
    }
}
