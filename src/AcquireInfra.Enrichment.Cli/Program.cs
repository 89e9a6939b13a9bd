using System.CommandLine;
using AcquireInfra.Enrichment.Cli.Commands;

var root = new RootCommand("""
    Tells of any IPv4 or IPv6 address which ASN and prefix it is in, whether it is rented hosting, a VPN exit, a proxy, Tor, a privacy
    relay or an ordinary line, how risky it is, and who says so: offline, from one snapshot file.
    Exit codes: 0 answered, 1 some input was bad, 2 could not answer.
    """)
{
    LookupCommand.Create(),
    ClassifyCommand.Create(),
    CompileCommand.Create(),
    VerifyCommand.Create(),
    SourcesCommand.Create(),
    AsnCommand.Create(),
};
return await Failures.RunAsync(root, args);
