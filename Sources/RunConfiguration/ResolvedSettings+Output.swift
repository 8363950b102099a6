extension RunSettings {
  /// All values as YAML, in a fixed order; reading it gives equal settings.
  public var yaml: String { yaml { _ in nil } }

  /// All values as YAML with a comment behind each line for which there is one.
  func yaml(comment: (String) -> String?) -> String {
    let lines = Self.fields.map { field in
      (
        section: field.section, comment: comment(field.key),
        text: (field.section == nil ? "" : "  ") + field.name + ": " + field.yaml(self)
      )
    }
    // Long values may stick out: the comments' column is for the common case.
    let column = min(44, lines.map(\.text.count).max() ?? 0) + 2
    var yaml = ""
    var section: String?
    for line in lines {
      if let name = line.section, name != section {
        yaml += "\(name):\n"
        section = name
      }
      yaml += line.text
      if let comment = line.comment {
        yaml += String(repeating: " ", count: max(2, column - line.text.count)) + "# " + comment
      }
      yaml += "\n"
    }
    return yaml
  }
}

extension ResolvedSettings {
  /// One value and where it comes from.
  public struct Entry: Sendable, Equatable {
    /// The dotted key.
    public let key: String
    /// The value in YAML.
    public let value: String
    /// Where the value comes from.
    public let origin: SettingOrigin
  }

  /// All values in the order of the YAML output.
  public var entries: [Entry] {
    RunSettings.fields.map {
      Entry(key: $0.key, value: $0.yaml(settings), origin: origin(of: $0.key))
    }
  }

  /// All values as YAML with the origin of each as a comment; reading it gives equal settings.
  public var annotatedYAML: String {
    settings.yaml { key in
      // A line break in a path must not end the comment.
      String(origin(of: key).description.map { $0.isNewline ? " " : $0 })
    }
  }
}
