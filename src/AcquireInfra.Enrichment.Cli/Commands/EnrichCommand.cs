using System.CommandLine;

namespace AcquireInfra.Enrichment.Cli.Commands;

/// <summary><c>enrich</c> with all its commands.</summary>
internal static class EnrichCommand
{
    public static RootCommand Create() => new("""
        Tells of any IPv4 or IPv6 address which ASN and prefix it is in, whether it is rented hosting, a VPN exit, a proxy, Tor, a privacy
        relay or an ordinary line, how risky it is, and who says so: offline, from one snapshot file.
        Exit codes: 0 answered, 1 some input was bad, 2 could not answer.
        """)
    {
        LookupCommand.Create(),
        ClassifyCommand.Create(),
        CompileCommand.Create(),
        VerifyCommand.Create(),
        DiffCommand.Create(),
        EvaluateCommand.Create(),
        CalibrateCommand.Create(),
        BacktestCommand.Create(),
        SourcesCommand.Create(),
        UpdateCommand.Create(),
        ExportCommand.Create(),
        AsnCommand.Create(),
        KeyCommand.Create(),
    };
}
