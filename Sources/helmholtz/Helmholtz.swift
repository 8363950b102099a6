import ArgumentParser

@main
struct Helmholtz: ParsableCommand {
}
